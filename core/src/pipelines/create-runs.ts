import type { PipelineConfig } from '../config/config.ts';
import { labelNames, renderLabel } from '../config/label.ts';
import { nameMaterial } from '../config/materials.ts';
import type { NewDecision } from '../store/decisions.ts';
import { insertRuns, type NewRun, nextCounters, type Pin } from '../store/runs.ts';
import type { Tx } from '../store/store.ts';
import type { Move } from './changes.ts';
import { type ReachingRun, reachStages } from './stages/reach-stage.ts';

/** A run to be created of a locked pipeline. */
export interface RunWish extends Omit<NewRun, 'pipelineId' | 'counter' | 'label' | 'createdAt'> {
  readonly move: Move;
  /** The decisions that say why it starts; they come before those about its first stage. */
  readonly explain: (run: CreatedRun) => readonly NewDecision[];
}

/** A run that was created. */
export interface CreatedRun {
  readonly id: number;
  readonly counter: number;
  /** Versions and counters by material. */
  readonly materials: Readonly<Record<string, string | number>>;
}

/** Creates runs, each of another pipeline, which come to their first stages. Answers them in the order of the wishes. */
export async function createRuns<Wish extends RunWish>(
  tx: Tx,
  wishes: readonly Wish[],
): Promise<readonly { readonly wish: Wish; readonly run: CreatedRun }[]> {
  if (wishes.length === 0) return [];
  const counters = await nextCounters(
    tx,
    wishes.map(({ move }) => move.pipeline.id),
  );
  const runs = wishes.map((wish) => {
    const { explain: _, move, ...facts } = wish;
    const { id: pipelineId, name } = move.pipeline;
    const counter = counters.get(pipelineId);
    if (counter === undefined) throw new Error(`${name} is gone from the store`);
    const label = makeLabel(wish.definition, counter, wish.pins);
    return { ...facts, wish, pipelineId, counter, label, createdAt: move.now };
  });
  const created = (await insertRuns(tx, runs)).map(({ run: { wish, counter, label, pins }, id, firstStageId }): Created<Wish> => {
    return { wish, firstStageId, label, run: { id, counter, materials: listVersions(pins) } };
  });
  for (const { wish, label, run } of created) {
    for (const decision of wish.explain(run)) wish.move.changes.addDecision(decision);
    wish.move.changes.addRun({ pipeline: wish.move.pipeline.name, counter: run.counter, status: 'pending' }, label);
  }
  await reachStages(tx, created.map(describeFirst));
  return created;
}

/** Creates a run. */
export async function createRun(tx: Tx, wish: RunWish): Promise<CreatedRun> {
  const [created] = await createRuns(tx, [wish]);
  if (!created) throw new Error(`no run of ${wish.move.pipeline.name} was created`);
  return created.run;
}

interface Created<Wish extends RunWish> {
  readonly wish: Wish;
  readonly firstStageId: number;
  readonly label: string;
  readonly run: CreatedRun;
}

function describeFirst({ wish: { move, definition }, firstStageId, label, run }: Created<RunWish>): ReachingRun {
  const [first] = definition.stages;
  if (!first) throw new Error(`${move.pipeline.name} has no stage`);
  const { name } = first;
  return { move, run: { ...run, label }, stage: { id: firstStageId, name, counter: 1, position: 0 } };
}

function makeLabel({ label, materials }: PipelineConfig, counter: number, pins: readonly Pin[]): string {
  const values = new Map([['COUNT', String(counter)]]);
  for (const material of materials) {
    const pin = pins.find((candidate) => nameMaterial(candidate) === nameMaterial(material));
    for (const name of labelNames(material)) values.set(name, pin ? describePin(pin) : '');
  }
  return renderLabel(label, (name) => values.get(name) ?? '');
}

/** What a pin is to a label: a package's version, or the label of a run. */
function describePin(pin: Pin): string {
  return 'pipeline' in pin ? pin.run.label : pin.revision.version;
}

function listVersions(pins: readonly Pin[]): CreatedRun['materials'] {
  return Object.fromEntries(pins.map((pin) => [nameMaterial(pin), 'pipeline' in pin ? pin.run.counter : pin.revision.version]));
}
