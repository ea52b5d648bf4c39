import type { PipelineConfig } from '../../../src/config/config.ts';
import { nameMaterial } from '../../../src/config/materials.ts';
import { say } from '../../../src/domain/reason.ts';
import { Hands } from '../hands.ts';
import { passed, type World } from '../world.ts';
import { describeRuns, findFaults } from './check-fan-in.ts';
import { findNewestSet } from './oracle.ts';
import type { Step } from './random-graph.ts';
import { type Element, readSnapshot, type Snapshot } from './snapshot.ts';

/**
 * Understands a story that is played in a world, step by step: what happened so far, and whether all is well.
 */
export class Play {
  readonly #world: World;
  readonly #hands: Hands;
  readonly #pipelines: readonly PipelineConfig[];
  readonly story: string[] = [];
  #published = 0;

  constructor(world: World, pipelines: readonly PipelineConfig[]) {
    this.#world = world;
    this.#hands = new Hands(world);
    this.#pipelines = pipelines;
    for (const { name, materials } of pipelines) {
      this.story.push(
        `${name} listens to ${materials.map((one) => `${nameMaterial(one)} (${one.trigger})`).join(', ')}`,
      );
    }
  }

  /** Plays a step, and throws the story where something is wrong after it. */
  async play(step: Step): Promise<void> {
    const before = await this.#read();
    switch (step.kind) {
      case 'publish':
        await this.#publish(step.package, step.below);
        break;
      case 'pass all':
        this.story.push('pass all that is under way, together');
        await this.#hands.passAll();
        break;
      case 'pass':
      case 'fail':
        await this.#end(step.kind, step.which);
        break;
      case 'rerun':
        await this.#rerun(step.which);
        break;
      case 'trigger':
        await this.#trigger(step.which, step.pin);
        break;
    }
    await this.#check(before);
  }

  /** Passes everything that is under way until nothing is. */
  async finish(): Promise<void> {
    for (let jobs = await this.#hands.take(); jobs.length > 0; jobs = await this.#hands.take()) {
      for (const job of jobs) {
        const before = await this.#read();
        this.story.push(`pass ${job}`);
        await this.#hands.end(job, passed);
        await this.#check(before);
      }
    }
  }

  async #publish(name: string, below: number | undefined): Promise<void> {
    const known = (await this.#read()).revisions.get(name) ?? [];
    const version = `1.${this.#published++}.0`;
    const isBackport = below !== undefined && known.length > 0;
    this.story.push(
      `publish ${name} ${version}${isBackport ? `, below the version ${(below % known.length) + 1}` : ''}`,
    );
    await this.#world.publish(name, [version], undefined, isBackport ? below : undefined);
  }

  async #end(kind: 'pass' | 'fail', which: number): Promise<void> {
    const jobs = await this.#hands.take();
    const job = jobs[which % Math.max(1, jobs.length)];
    if (job === undefined) return;
    this.story.push(`${kind} ${job}`);
    if (kind === 'pass') await this.#hands.pass(job);
    else await this.#hands.fail(job);
  }

  async #rerun(which: number): Promise<void> {
    const { runs } = await this.#read();
    const names = [...runs.values()].map(({ pipeline, counter }) => `${pipeline}/${counter}/deploy`);
    const name = names[which % Math.max(1, names.length)];
    if (name === undefined) return;
    const { refusal } = await this.#world.rerun(name);
    if (!refusal) this.story.push(`rerun ${name}`);
  }

  /** What is refused must be impossible, and what is possible must be started. */
  async #trigger(which: number, pin: number | undefined): Promise<void> {
    const definition = this.#pipelines[which % this.#pipelines.length];
    if (!definition) return;
    const snapshot = await this.#read();
    const anchor = pin === undefined ? undefined : choosePin(definition, pin, snapshot);
    const materials = anchor ? { [nameElement(anchor)]: await this.#tell(anchor, snapshot) } : {};
    this.story.push(`trigger ${definition.name} with ${JSON.stringify(materials)}`);
    const { refusal } = await this.#world.trigger(definition.name, { materials });
    const wanted = { materials: definition.materials, anchors: anchor ? [anchor] : [], floor: undefined };
    const isPossible = findNewestSet(wanted, snapshot) !== undefined;
    if (isPossible === (refusal !== undefined))
      this.#fail([`possible: ${isPossible}, and ${refusal ? say(refusal) : 'started'}`]);
  }

  async #tell(element: Element, { runs }: Snapshot): Promise<string | number> {
    if ('run' in element) return runs.get(element.run)?.counter ?? 0;
    const row = (id: number) =>
      this.#world.store.transact((tx) =>
        tx.db.selectFrom('revision').select('version').where('id', '=', id).executeTakeFirst(),
      );
    return (await row(element.revision))?.version ?? '';
  }

  async #check(before: Snapshot): Promise<void> {
    const snapshot = await this.#read();
    const faults = findFaults(this.#pipelines, snapshot, before);
    if (faults.length > 0) this.#fail([...faults, ...describeRuns(snapshot)]);
  }

  #fail(faults: readonly string[]): never {
    throw new Error(['', ...this.story, 'WRONG:', ...faults].join('\n'));
  }

  #read(): Promise<Snapshot> {
    return this.#world.store.transact(readSnapshot);
  }
}

function choosePin(
  { materials }: PipelineConfig,
  pin: number,
  { passed: runs, revisions }: Snapshot,
): Element | undefined {
  const material = materials[pin % materials.length];
  if (!material) return undefined;
  if ('pipeline' in material) {
    const run = pick(runs.get(material.pipeline), pin);
    return run === undefined ? undefined : { pipeline: material.pipeline, run };
  }
  const revision = pick(revisions.get(material.package), pin);
  return revision === undefined ? undefined : { package: material.package, revision };
}

function pick(ids: readonly number[] | undefined, which: number): number | undefined {
  return ids?.[which % Math.max(1, ids.length)];
}

function nameElement(element: Element): string {
  return 'run' in element ? element.pipeline : `npmjs/${element.package}`;
}
