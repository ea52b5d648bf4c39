import type { StorePlace } from '../../../test/support/stores.ts';
import type { Config, PipelineConfig } from '../../src/config/config.ts';
import { nameMaterial } from '../../src/config/materials.ts';
import { type Actor, anonymous } from '../../src/engine/actor.ts';
import type { Calendar } from '../../src/engine/calendar.ts';
import { adoptPipelines } from '../../src/engine/configured/adopt-pipelines.ts';
import { type Happened, happen } from '../../src/engine/happen.ts';
import type { PipelineWish, StageWish, TriggerByHand, Wish } from '../../src/engine/happening.ts';
import type { InForce } from '../../src/engine/in-force.ts';
import { type ClaimedJob, claimJobs } from '../../src/engine/jobs/claim-jobs.ts';
import { acknowledge } from '../../src/polling/acknowledge.ts';
import { type DecisionView, listDecisions } from '../../src/store/decisions.ts';
import { strongestDigest } from '../../src/store/digests.ts';
import { LeaseLost } from '../../src/store/leases.ts';
import { insertRevisions, loadLedgers, patchRevisions, type RevisionPatch } from '../../src/store/ledger.ts';
import { activateConfiguration } from '../../src/store/nodes.ts';
import { insertPackages } from '../../src/store/packages.ts';
import { findDuePipelines, findPackages, findPipeline } from '../../src/store/pipelines.ts';
import { insertRepository } from '../../src/store/repositories.ts';
import { listRuns, type RunView } from '../../src/store/run-views.ts';
import { openStore, type Store, type Tx } from '../../src/store/store.ts';
import { insertTriggers } from '../../src/store/triggers.ts';
import type { Outcome } from '../../src/targets/target.ts';
import { makeConfig, secretFields } from './configs.ts';

/** A person with an operator's token. */
export function person(name: string, ...roles: readonly string[]): Actor {
  return { name, person: name, roles: ['operator', ...roles] };
}

/** What of a request is left out: whoever asks is anonymous, and says nothing. */
interface Asking {
  readonly actor?: Actor | undefined;
  readonly comment?: string | undefined;
  readonly stageCounter?: number;
}

/** Between the ranks of versions, for backports. */
const rankStep = 1_000;

/** All that a world gathers, in an order in which it can be deleted. */
const rowsOfWork = [
  ...([
    'log',
    'attempt',
    'job',
    'approval',
    'trigger',
    'decision',
    'event',
    'run_package',
    'run_material',
    'started_set',
  ] as const),
  ...(['freeze', 'place', 'stay'] as const),
  ...(['stage', 'run', 'dependency', 'listener', 'revision', 'pipeline'] as const),
];

export const passed: Outcome = { status: 'passed', exitCode: 0, message: null };
export const failed: Outcome = { status: 'failed', exitCode: 1, message: null };

/**
 * A store with a ledger, and the pipelines of a configuration in it; npmjs/a and npmjs/b are its packages.
 */
export class World {
  readonly #place: StorePlace;
  readonly #ends: (() => Promise<void>)[] = [];
  store: Store;
  config: Config;
  node = 'one';
  calendar: Calendar = { findNext: () => undefined, findLast: () => undefined };
  /** Moves on at every look. */
  #now = 1_000_000;

  private constructor(place: StorePlace, store: Store, config: Config) {
    this.#place = place;
    this.store = store;
    this.config = config;
  }

  static async open(place: StorePlace, pipelines: readonly PipelineConfig[]): Promise<World> {
    const world = new World(
      place,
      await openStore(place.url, { now: Date.now, random: Math.random }),
      makeConfig(pipelines),
    );
    await world.store.transact(async (tx) => {
      const id = await insertRepository(tx, 'npmjs', 'f');
      await insertPackages(
        tx,
        id,
        ['a', 'b'].map((name) => ({ name, selection: 's' })),
      );
    });
    await world.adopt(pipelines);
    return world;
  }

  /** Does something before the store is closed for good. */
  beforeClose(end: () => Promise<void>): void {
    this.#ends.push(end);
  }

  async close(): Promise<void> {
    for (const end of this.#ends) await end();
    await this.store.close();
    await this.#place.remove();
  }

  /**
   * Begins anew in the same store, with other pipelines and nothing published: quicker than another store.
   */
  async clear(pipelines: readonly PipelineConfig[], changes: Partial<Config> = {}): Promise<void> {
    await this.store.transact(async (tx) => {
      for (const table of rowsOfWork) await tx.db.deleteFrom(table).execute();
      await tx.db.updateTable('package').set({ pointer: null, moves: 0 }).execute();
    });
    await this.adopt(pipelines, changes);
  }

  /** As after a kill: nothing but the store is left. */
  async reopen(): Promise<void> {
    await this.store.close();
    this.store = await openStore(this.#place.url, { now: Date.now, random: Math.random });
  }

  now = (): number => ++this.#now;

  options(): InForce {
    return { config: this.config, secretFields, calendar: this.calendar, now: this.now() };
  }

  async adopt(pipelines: readonly PipelineConfig[], changes: Partial<Config> = {}): Promise<void> {
    this.config = makeConfig(pipelines, changes);
    await this.store.transact(async (tx) => {
      await activateConfiguration(tx, this.node, this.config.hash, this.now());
      await adoptPipelines(tx, this.options());
    });
  }

  /**
   * Records revisions, in order of rank above those that there are, as a poll's commit does; each triggers
   * `pipelines`. With `below`, the number of one that there is, a single one below that: a backport.
   */
  async publish(
    name: string,
    versions: readonly string[],
    pipelines: readonly string[] = [...this.config.pipelines.keys()],
    below?: number,
  ) {
    await this.store.transact(async (tx) => {
      const packageId = await this.#findPackage(tx, name);
      const known = (await loadLedgers(tx, [packageId])).get(packageId) ?? [];
      const rank =
        below === undefined
          ? known.length * rankStep
          : (known[below % known.length]?.rank ?? 0) - known.length;
      const revisions = await insertRevisions(
        tx,
        versions.map((version, index) => ({
          packageId,
          facts: {
            version,
            digests: { sha256: `d${version}` },
            location: `https://registry.example.com/${name}-${version}.tgz`,
          },
          rank: rank + index * rankStep,
          described: true,
          detectedAt: this.now(),
        })),
      );
      for (const pipeline of pipelines) {
        const pipelineId = await findPipeline(tx, pipeline);
        const material = this.config.pipelines
          .get(pipeline)
          ?.materials.find((each) => nameMaterial(each) === `npmjs/${name}`);
        if (pipelineId === undefined || !material || material.trigger === 'manual') continue;
        const mode = material.trigger;
        const createdAt = this.now();
        const wishes = revisions.map(({ id, version }) => ({
          revisionId: id,
          version,
          digest: `sha256:d${version}`,
          move: 0,
          mode,
        }));
        await insertTriggers(
          tx,
          wishes.map((wish) => ({ pipelineId, packageId, createdAt, ...wish })),
        );
      }
      await this.#start(tx);
    });
  }

  /** Changes what the ledger says of a revision, as a poll's commit does. */
  async amend(name: string, version: string, patch: RevisionPatch): Promise<void> {
    await this.store.transact(async (tx) => {
      const packageId = await this.#findPackage(tx, name);
      const revision = (await loadLedgers(tx, [packageId]))
        .get(packageId)
        ?.find(({ facts }) => facts.version === version);
      if (!revision) throw new Error(`${name} ${version} is not in the ledger`);
      await patchRevisions(tx, [{ id: revision.id, patch }]);
      await this.#start(tx);
    });
  }

  /**
   * Takes somebody's word for a republished revision, as `POST .../acknowledge` does; only pipelines that it
   * finds are looked at.
   */
  async acknowledge(name: string, version: string): Promise<void> {
    await this.store.transact(async (tx) => {
      const ledger = (await loadLedgers(tx, [await this.#findPackage(tx, name)])).values();
      const facts = [...ledger].flat().find((revision) => revision.facts.version === version)?.facts;
      const given = {
        repository: 'npmjs',
        package: name,
        version,
        digest: strongestDigest(facts?.digests),
        comment: 'as it should be',
        by: 'alice',
      };
      const { result } = await acknowledge(tx, given, this.options());
      if (result !== 'done') throw new Error(`${name} ${version} is ${result}`);
    });
  }

  async pause(pipeline: string, reason: string | null): Promise<void> {
    await this.operate(
      { what: reason === null ? 'unpause' : 'pause', pipeline },
      { comment: reason ?? undefined },
    );
  }

  async look(): Promise<void> {
    await this.store.transact((tx) => this.#start(tx));
  }

  /** Looks at the pipelines that are due, as the clock does. */
  async lookAtDue(): Promise<void> {
    await this.store.transact(async (tx) => {
      const pipelineIds = await findDuePipelines(tx, this.now(), 100);
      await happen(tx, { kind: 'time', pipelineIds }, this.options());
    });
  }

  async claim(
    node = this.node,
    changes: Partial<Parameters<typeof claimJobs>[1]> = {},
  ): Promise<readonly ClaimedJob[]> {
    const claim = {
      node,
      configHash: this.config.hash,
      mayBegin: true,
      inHand: [],
      room: 100,
      now: this.now(),
    };
    return this.store.transact((tx) => claimJobs(tx, { ...claim, ...changes }));
  }

  async end(job: ClaimedJob, outcome: Outcome = passed) {
    return this.endAll([job], outcome);
  }

  /** Ends several at once. Throws {@link LeaseLost} where another node has one by now. */
  async endAll(jobs: readonly ClaimedJob[], outcome: Outcome = passed) {
    const attempts = jobs.map(({ lease, facts }) => ({ lease, facts, outcome }));
    const ends = await this.store.transact((tx) => happen(tx, { kind: 'ended', attempts }, this.options()));
    const lost = jobs.find(({ facts }) => !ends.jobs.has(facts.attempt.id));
    if (lost) throw new LeaseLost(lost.lease);
    return ends;
  }

  /** Asks by hand for a run. */
  async trigger(
    pipeline: string,
    { actor, comment, ...wish }: Partial<Omit<TriggerByHand, 'pipeline'>> & Asking = {},
  ): Promise<Happened> {
    const whole = {
      what: 'trigger',
      pipeline,
      materials: {},
      environment: {},
      override: false,
      ...wish,
    } as const;
    return this.ask(whole, { actor, comment });
  }

  /** `stage` is `pipeline/counter/stage`, here and below. */
  async approve(stage: string, asking: Asking = {}): Promise<Happened> {
    return this.#act('approve', stage, asking);
  }

  async reject(stage: string, comment: string, asking: Asking = {}): Promise<Happened> {
    return this.#act('reject', stage, { ...asking, comment });
  }

  async rerun(
    stage: string,
    { failedJobsOnly = false, ...asking }: Asking & { failedJobsOnly?: boolean } = {},
  ): Promise<Happened> {
    return this.#act(failedJobsOnly ? 'rerun failed' : 'rerun', stage, asking);
  }

  async cancel(stage: string, asking: Asking = {}): Promise<Happened> {
    return this.#act('cancel', stage, asking);
  }

  async unlock(pipeline: string, actor = anonymous): Promise<Happened> {
    return this.operate({ what: 'unlock', pipeline }, { actor });
  }

  /** Does something to a pipeline by hand. */
  async operate(wish: PipelineWish, asking: Asking = {}): Promise<Happened> {
    return this.ask(wish, asking);
  }

  /** Asks for something by hand. */
  async ask(wish: Wish, { actor = anonymous, comment }: Asking): Promise<Happened> {
    return this.store.transact((tx) => happen(tx, { kind: 'asked', wish, actor, comment }, this.options()));
  }

  #act(what: StageWish['what'], stage: string, { stageCounter, ...asking }: Asking): Promise<Happened> {
    const [pipeline = '', counter, name = ''] = stage.split('/');
    return this.ask({ what, pipeline, counter: Number(counter), stage: name, stageCounter }, asking);
  }

  /** What the clock shows, in milliseconds. */
  get clock(): number {
    return this.#now;
  }

  /** Lets the clock stand at a moment, in milliseconds. */
  setClock(now: number): void {
    this.#now = now;
  }

  /** Claims all that is due, and ends it. */
  async work(outcome: Outcome = passed): Promise<readonly string[]> {
    const jobs = await this.claim();
    for (const job of jobs) await this.end(job, outcome);
    return jobs.map(
      ({ facts: { run, stage, job } }) => `${run.pipeline}/${run.counter}/${stage.name}/${job.name}`,
    );
  }

  /** Oldest first. */
  async runs(pipeline = 'p'): Promise<readonly RunView[]> {
    const { items } = await this.store.transact((tx) => listRuns(tx, pipeline, { limit: 1000 }));
    return items.toReversed();
  }

  /** Runs as `1 a@1.0.0 running`. */
  async summary(pipeline = 'p'): Promise<readonly string[]> {
    return (await this.runs(pipeline)).map(({ counter, materials, status }) => {
      const versions = materials.map((material) =>
        'pipeline' in material
          ? `${material.pipeline}#${material.counter}`
          : `${material.package.replace('npmjs/', '')}@${material.version}`,
      );
      return `${counter} ${versions.join(' ')} ${status}`;
    });
  }

  /** Oldest first. */
  async decisions(pipeline = 'p'): Promise<readonly DecisionView[]> {
    const { items } = await this.store.transact((tx) => listDecisions(tx, pipeline, { limit: 1000 }));
    return items.toReversed();
  }

  async outcomes(pipeline = 'p'): Promise<readonly string[]> {
    return (await this.decisions(pipeline)).map(
      ({ outcome, materials }) => `${Object.values(materials).join(' ')} ${outcome}`,
    );
  }

  async #start(tx: Tx): Promise<void> {
    const ids = await Promise.all([...this.config.pipelines.keys()].map((name) => findPipeline(tx, name)));
    const pipelineIds = ids.filter((id) => id !== undefined);
    await happen(tx, { kind: 'time', pipelineIds }, this.options());
  }

  async #findPackage(tx: Tx, name: string): Promise<number> {
    const id = (await findPackages(tx, [{ repository: 'npmjs', package: name }])).get(`npmjs/${name}`);
    if (id === undefined) throw new Error(`there is no package ${name}`);
    return id;
  }
}
