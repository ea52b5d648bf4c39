import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Revision } from '@sluice/plugin-sdk';
import { vi } from 'vitest';
import type { StorePlace } from '../../../test/support/stores.ts';
import { patienceMs } from '../../../test/support/until.ts';
import type {
  Config,
  PackageConfig,
  PipelineConfig,
  RepositoryConfig,
  TriggerMode,
} from '../../src/config/config.ts';
import { say } from '../../src/domain/reason.ts';
import { adoptPipelines } from '../../src/engine/configured/adopt-pipelines.ts';
import { createCalendar } from '../../src/engine/timer.ts';
import { createPluginHost } from '../../src/plugins/host.ts';
import type { PluginHost } from '../../src/plugins/plugin-host.ts';
import { adoptRepositories } from '../../src/polling/adopt-repositories.ts';
import type { PollSighting, RevisionSighting } from '../../src/polling/observer.ts';
import { Poller } from '../../src/polling/poller.ts';
import { type PollAnswer, pollNow } from '../../src/polling/request-poll.ts';
import { appendEvents, readEvents } from '../../src/store/events.ts';
import { activateConfiguration } from '../../src/store/nodes.ts';
import { listRevisions } from '../../src/store/read-repositories.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import type { Shelf, ShelvedPackage } from './fixtures/shelf.ts';

/** A host of the shelf plugin; close it when done. */
export function hostShelves(): Promise<PluginHost> {
  return createPluginHost({
    plugins: [join(import.meta.dirname, 'fixtures/shelf.ts')],
    directory: import.meta.dirname,
    limits: { silenceMs: 60_000, totalMs: 120_000, memoryBytes: 512 * 1_048_576 },
    http: { proxy: undefined, noProxy: [], ca: undefined, concurrencyPerHost: 16 },
    resolve: (template) => template,
    mask: (text) => text,
    learnSecret() {},
    log() {},
    environment: {},
  });
}

/** What a test says of a package and of who listens to it. */
export interface Arrangement {
  /** Settings of each package of the repository `shop`. */
  readonly packages?: Readonly<Record<string, Partial<PackageConfig>>>;
  /**
   * By pipeline name, how it listens to which packages of which repository, by default one `app` that listens
   * to `web`.
   */
  readonly pipelines?: Readonly<Record<string, Readonly<Record<string, TriggerMode>>>>;
  readonly repository?: Partial<RepositoryConfig>;
  /** More repositories, each with the packages of the first. */
  readonly others?: Readonly<Record<string, Partial<RepositoryConfig>>>;
}

const referringFirst = [
  ...(['delivery', 'sink', 'event', 'decision', 'log', 'attempt', 'job', 'trigger', 'stage'] as const),
  ...(['run_material', 'run_package', 'run', 'started_set', 'dependency', 'listener', 'pipeline'] as const),
  ...([
    'poll',
    'acknowledgement',
    'refused',
    'revision',
    'package',
    'repository',
    'setting',
    'node',
  ] as const),
] as const;

/** A revision with digests that depend on `bytes`. */
export function revision(
  version: string,
  more: Partial<Revision> & { readonly bytes?: string } = {},
): Revision {
  const { bytes = version, ...facts } = more;
  return { version, digests: { sha256: createHash('sha256').update(bytes).digest('hex') }, ...facts };
}

/**
 * Everything that polling needs, real: a store, a plugin host with a shelf, a poller. Time stands still
 * unless it is moved.
 */
export class House {
  readonly store: Store;
  readonly host: PluginHost;
  readonly directory: string;
  readonly sightings: PollSighting[] = [];
  readonly revisions: RevisionSighting[] = [];
  readonly problems: unknown[] = [];
  now = Date.parse('2026-01-01T00:00:00Z');
  #config: Config | undefined;
  #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  private constructor(store: Store, host: PluginHost, directory: string) {
    this.store = store;
    this.host = host;
    this.directory = directory;
  }

  static async build(place: StorePlace, host: PluginHost): Promise<House> {
    return House.furnish(await openStore(place.url, { now: Date.now, random: Math.random }), host);
  }

  /** A house in a store that others were in before, which is emptied; {@link House.leave} it when done. */
  static async furnish(store: Store, host: PluginHost): Promise<House> {
    await store.transact(async (tx) => {
      for (const table of referringFirst) await tx.db.deleteFrom(table).execute();
    });
    return new House(store, host, await mkdtemp(join(tmpdir(), 'sluice-house-')));
  }

  get config(): Config {
    if (!this.#config) throw new Error('arrange first');
    return this.#config;
  }

  /** Makes an arrangement the active configuration, as a start or a reload does. */
  async arrange(arrangement: Arrangement = {}, poll = true): Promise<void> {
    await this.stop();
    const config = this.makeConfig(arrangement);
    this.#config = config;
    await this.store.transact(async (tx) => {
      await activateConfiguration(tx, 'node', config.hash, this.now);
      await adoptRepositories(tx, { config, plugins: this.host.loaded(), now: this.now });
      const { events } = await adoptPipelines(tx, {
        config,
        secretFields: this.secretFields,
        calendar: this.calendar,
        now: this.now,
      });
      await appendEvents(tx, events, this.now);
    });
    if (poll) this.start();
  }

  readonly calendar = createCalendar('UTC');

  readonly secretFields = (plugin: string) => this.host.loaded().get(plugin)?.secrets;

  /** Lets the poller run. */
  start(): void {
    this.#stopping = new AbortController();
    this.#running = this.makePoller('node').run(this.#stopping.signal);
  }

  makePoller(node: string): Poller {
    const { store, host, secretFields, calendar, config } = this;
    const observer = {
      onPoll: (poll: PollSighting) => void this.sightings.push(poll),
      onRevision: (seen: RevisionSighting) => void this.revisions.push(seen),
      onRun() {},
      onProblem: (what: string, error: unknown) => void this.problems.push(what, error),
    };
    return new Poller({
      store,
      host,
      config,
      secretFields,
      calendar,
      node,
      observer,
      now: () => this.now,
      random: () => 0.5,
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Puts packages on the shelf, and takes all others away. */
  async shelve(
    packages: Readonly<Record<string, readonly Revision[] | ShelvedPackage>>,
    { shelf = 'shelf', ...more }: Partial<Shelf> & { readonly shelf?: string } = {},
  ): Promise<void> {
    const whole = Object.entries(packages).map(([name, told]) => [
      name,
      'revisions' in told ? told : { revisions: told },
    ]);
    await writeFile(
      this.file(shelf),
      JSON.stringify({ packages: Object.fromEntries(whole), ...more } satisfies Shelf),
    );
  }

  file(repository = 'shelf'): string {
    return join(this.directory, `${repository}.json`);
  }

  /** Lets time pass, and whoever sleeps look at the clock. */
  async advance(ms: number): Promise<void> {
    this.now += ms;
    await this.store.transact(async (tx) => tx.wake('polls'));
  }

  /** Waits until so many polls have ended. */
  async polled(count: number): Promise<readonly string[]> {
    await vi.waitUntil(() => this.sightings.length >= count, { timeout: patienceMs, interval: 5 });
    return this.sightings.map(({ repository, outcome }) => `${repository} ${outcome}`);
  }

  /** Polls now and waits for the end. */
  async poll(repository = 'shop'): Promise<PollAnswer> {
    const audit = {
      actor: 'alice',
      person: 'alice',
      action: 'poll',
      subject: repository,
      from: null,
      details: {},
    };
    const answer = await pollNow(this.store, repository, {
      signal: AbortSignal.timeout(patienceMs),
      now: () => this.now,
      audit,
    });
    if (!answer) throw new Error(`no poll of ${repository}`);
    return answer;
  }

  /** Shelves, lets a minute pass and polls. */
  async publish(...told: readonly Revision[]): Promise<PollAnswer> {
    return this.tell({ web: told });
  }

  async tell(packages: Readonly<Record<string, readonly Revision[] | ShelvedPackage>>): Promise<PollAnswer> {
    await this.shelve(packages);
    this.now += 60_000;
    return this.poll();
  }

  /** What the plugin was asked. */
  async journal(
    shelf = 'shelf',
  ): Promise<readonly { asked?: { key: string; cursor: boolean }[]; described?: string[] }[]> {
    const text = await readFile(`${this.file(shelf)}.journal`, 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line)));
  }

  /** The ledger of a package, highest rank first: `2.0.0 published`. */
  async ledger(name = 'web', repository = 'shop'): Promise<readonly string[]> {
    const page = await this.store.transact((tx) =>
      listRevisions(tx, { repository, package: name }, { limit: 10_000, after: undefined }),
    );
    return (page?.items ?? []).map(({ facts, state }) => `${facts.version} ${state}`);
  }

  /**
   * Every wish so far in the order in which it came: `app 1.0.0`, with the pointer's move where there is one.
   */
  async wishes(): Promise<readonly string[]> {
    const rows = await this.store.transact((tx) =>
      tx.db
        .selectFrom('trigger')
        .innerJoin('pipeline', 'pipeline.id', 'trigger.pipeline_id')
        .select(['pipeline.name', 'version', 'move'])
        .where('state', '<>', 'dropped')
        .orderBy('trigger.id')
        .execute(),
    );
    return rows.map(({ name, version, move }) =>
      move > 0 ? `${name} ${version} move ${move}` : `${name} ${version}`,
    );
  }

  /** Why what starts nothing starts nothing. */
  async decisions(): Promise<readonly string[]> {
    const rows = await this.store.transact((tx) =>
      tx.db
        .selectFrom('decision')
        .select(['outcome', 'code', 'facts'])
        .where('run_id', 'is', null)
        .orderBy('id')
        .execute(),
    );
    return rows.map(({ outcome, code, facts }) => `${outcome}: ${say({ code, facts: JSON.parse(facts) })}`);
  }

  async events(): Promise<readonly string[]> {
    const events = await this.store.transact((tx) => readEvents(tx, 0, 1000));
    return events
      .filter(({ type }) => type.startsWith('artifact') || type.startsWith('repository'))
      .map(({ type, data }) => `${type} ${data['version'] ?? data['repository']}`);
  }

  async leave(): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true });
    if (this.problems.length > 0) throw new Error('the poller met problems', { cause: this.problems });
  }

  async close(): Promise<void> {
    await this.stop();
    await this.store.close();
    await this.leave();
  }

  makeConfig({
    packages = { web: {} },
    pipelines = { app: { web: 'latest' } },
    repository = {},
    others = {},
  }: Arrangement): Config {
    const named = new Map(
      Object.entries(packages).map(([name, one]) => [
        name,
        { name, config: { name }, first: 'latest', accept: [], ...one } as const,
      ]),
    );
    const repositories = Object.entries({ shop: repository, ...others }).map(([key, one]) => ({
      ...({
        name: key,
        plugin: 'shelf',
        poll: { manual: true },
        hookSecret: undefined,
        formerly: [],
        packages: named,
      } as const),
      config: { file: this.file() },
      http: { clientCert: undefined, clientKey: undefined, trust: [] },
      ...one,
    }));
    const [first = ''] = repositories.map(({ name }) => name);
    const config = {
      file: '',
      directory: this.directory,
      files: [],
      places: new Map(),
      include: [],
      warnings: [],
      store: '',
      timezone: 'UTC',
      plugins: [],
      levels: [],
      minFree: 0,
      access: undefined,
      events: [],
      targets: { allowPrivate: true },
      server: { host: '', port: 0, url: undefined, trustProxy: false },
      pluginLimits: { silenceMs: 1, totalMs: 1, memoryBytes: 1 },
      http: { proxy: undefined, noProxy: [], ca: undefined, concurrencyPerHost: 1 },
      retention: { logsMs: 1, pollsMs: 1, decisionsMs: 1, runs: 1 },
      repositories: new Map(repositories.map((one) => [one.name, one])),
      pipelines: new Map(
        Object.entries(pipelines).map(([name, materials]) => [name, makePipeline(name, first, materials)]),
      ),
    };
    const shown = JSON.stringify(config, (_, value) => (value instanceof Map ? [...value] : value));
    return { ...config, hash: createHash('sha256').update(shown).digest('hex') };
  }
}

function makePipeline(
  name: string,
  repository: string,
  materials: Readonly<Record<string, TriggerMode>>,
): PipelineConfig {
  const job = {
    name: 'job',
    timeoutMs: 1000,
    secrets: [],
    onDoubt: 'fail',
    kind: 'run',
    command: 'true',
  } as const;
  return {
    name,
    group: undefined,
    label: '${COUNT}',
    environment: {},
    timer: undefined,
    publishes: [],
    lock: 'none',
    maxNewRuns: 20,
    access: { view: undefined, operate: undefined, approve: undefined },
    materials: Object.entries(materials).map(([path, trigger]) => {
      const [one = '', two] = path.split('/');
      const as = path.toUpperCase().replaceAll('/', '_');
      return two === undefined
        ? { repository, package: one, trigger, as }
        : { repository: one, package: two, trigger, as };
    }),
    stages: [{ name: 'stage', approval: { type: 'auto' }, jobs: [job] }],
  };
}
