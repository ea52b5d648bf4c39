import type { ClaimedJob } from '../../src/engine/jobs/claim-jobs.ts';
import type { Outcome } from '../../src/targets/target.ts';
import { failed, passed, type World } from './world.ts';

/** Jobs that are under way in a world, to be ended one by one, in whatever order. */
export class Hands {
  readonly #world: World;
  readonly #jobs = new Map<string, ClaimedJob>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Takes up what is due; answers what is under way, as `build/3/package/work`. */
  async take(): Promise<readonly string[]> {
    const inHand = [...this.#jobs.values()].map(({ lease }) => lease.id);
    for (const job of await this.#world.claim(this.#world.node, { inHand, room: 10_000 })) {
      const { run, stage, job: config } = job.facts;
      this.#jobs.set(`${run.pipeline}/${run.counter}/${stage.name}/${config.name}`, job);
    }
    return [...this.#jobs.keys()].sort();
  }

  /** Ends the jobs under way whose names begin so: `build/3`, `build/3/package/work`. */
  async end(name: string, outcome: Outcome = passed): Promise<void> {
    await this.take();
    const names = [...this.#jobs.keys()].filter((each) => each === name || each.startsWith(`${name}/`));
    if (names.length === 0)
      throw new Error(`nothing called ${name} is under way, but ${[...this.#jobs.keys()].join(', ')}`);
    for (const each of names) {
      const job = this.#jobs.get(each);
      this.#jobs.delete(each);
      if (job) await this.#world.end(job, outcome);
    }
  }

  /** Passes all that is under way, in one transaction. */
  async passAll(): Promise<void> {
    await this.take();
    const jobs = [...this.#jobs.values()];
    this.#jobs.clear();
    if (jobs.length > 0) await this.#world.endAll(jobs, passed);
  }

  async pass(...names: readonly string[]): Promise<void> {
    for (const name of names) await this.end(name, passed);
  }

  async fail(...names: readonly string[]): Promise<void> {
    for (const name of names) await this.end(name, failed);
  }

  /** As after a kill. */
  drop(): void {
    this.#jobs.clear();
  }
}
