import type { PipelineConfig } from '../config/config.ts';
import { labelNames, renderLabel } from '../config/label.ts';
import { nameMaterial } from '../config/materials.ts';
import { insertRun, type NewRun, nextCounter, type Pin } from '../store/runs.ts';
import type { Tx } from '../store/store.ts';
import type { Move } from './changes.ts';
import { reachStage } from './stages/reach-stage.ts';
import { settleRun } from './stages/settle-run.ts';

/** A run to be created. */
export type RunWish = Omit<NewRun, 'pipelineId' | 'counter' | 'label' | 'createdAt'>;

/** A run that was created. */
export interface CreatedRun {
  readonly id: number;
  readonly counter: number;
  /** Versions and counters by material. */
  readonly materials: Readonly<Record<string, string | number>>;
}

/** Creates a run of a locked pipeline, which comes to its first stage. */
export async function createRun(tx: Tx, move: Move, wish: RunWish): Promise<CreatedRun> {
  const { pipeline, now, changes } = move;
  const { definition, pins } = wish;
  const counter = await nextCounter(tx, pipeline.id);
  const label = makeLabel(definition, counter, pins);
  const { id, firstStageId } = await insertRun(tx, { ...wish, pipelineId: pipeline.id, counter, label, createdAt: now });
  changes.addRun({ pipeline: pipeline.name, counter, status: 'pending' }, label);
  const [first] = definition.stages;
  if (!first) throw new Error(`${pipeline.name} has no stage`);
  await reachStage(tx, move, { id, counter, label }, { ...first, id: firstStageId, counter: 1, position: 0 });
  if (first.approval.type === 'manual') await settleRun(tx, move, id);
  return { id, counter, materials: listVersions(pins) };
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
