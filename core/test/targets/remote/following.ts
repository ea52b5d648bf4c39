import type { RemoteJob } from '../../../src/config/jobs.ts';
import { createRemoteTarget, type RemoteTargetOptions } from '../../../src/targets/remote/remote-target.ts';
import type { Following, Memory, Outcome, Work } from '../../../src/targets/target.ts';
import { wires } from '../wires.ts';
import { facts } from '../work.ts';
import { type BuildServer, startBuildServer } from './build-server.ts';
import type { KindRow } from './kinds.ts';

/** A clock that moves only when somebody sleeps. */
export class HandedTime {
  ms = Date.parse('2026-11-25T12:00:00Z');
  readonly now = () => this.ms;
  readonly sleep = async (ms: number, signal: AbortSignal) => {
    // Whoever does something meanwhile gets the chance.
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    this.ms += ms;
  };
}

const environment = {
  PATH: '/usr/bin',
  HOME: '/root',
  GO_PACKAGE_FASTIFY_LABEL: '5.2.1',
  GO_REPO_FASTIFY_TOKEN: 'hunter22-of-the-registry',
};
/** Of the environment, what a build elsewhere may be told. */
export const openEnvironment = { GO_PACKAGE_FASTIFY_LABEL: '5.2.1' };

/** A job that is a build elsewhere, its server, and what Sluice keeps of it. */
export class Elsewhere {
  readonly row: KindRow;
  readonly server: BuildServer;
  readonly time: HandedTime;
  readonly key: string;
  timeoutMs = 3_600_000;
  token: string | undefined;
  more: object = {};
  /** What the store has. */
  memory: Memory | undefined;
  readonly memories: Memory[] = [];
  log = '';
  attempt = 1;
  readonly cancelling = new AbortController();
  readonly detaching = new AbortController();
  /** Aborts when the process is killed: from then on nothing is stored. */
  killing = new AbortController();
  /** Is told before something is remembered, and after. */
  onRemember: (memory: Memory, done: boolean) => void = () => {};

  private constructor(row: KindRow, server: BuildServer, time: HandedTime, key: string) {
    this.row = row;
    this.server = server;
    this.time = time;
    this.key = key;
  }

  static async open(
    row: KindRow,
    key = '0b6f3d0e-3c1e-4a55-9a37-5d0a5a1c9f10',
    shared?: Elsewhere,
  ): Promise<Elsewhere> {
    const time = shared?.time ?? new HandedTime();
    return new Elsewhere(row, shared?.server ?? (await startBuildServer(row.vendor, time.now)), time, key);
  }

  get starts(): number {
    return this.server.calls.filter((call) => this.row.isStart(call)).length;
  }

  /** A life of Sluice: until the outcome, or for ever where it is killed. */
  perform(changes: Partial<RemoteTargetOptions> = {}): Promise<Outcome> {
    const target = createRemoteTarget({
      resolve: (template) => template,
      config: () => wires,
      now: this.time.now,
      random: () => 0.5,
      sleep: this.time.sleep,
      ...changes,
    });
    return target.perform(this.#makeWork(), this.#makeFollowing());
  }

  /**
   * The same, until the process is killed at a point that `arrange` chooses. Answers the outcome where it
   * came first.
   */
  async performUntilKilled(arrange: (kill: () => void) => void): Promise<Outcome | 'killed'> {
    this.killing = new AbortController();
    const { signal } = this.killing;
    const killed = new Promise<'killed'>((resolve) =>
      signal.addEventListener('abort', () => resolve('killed'), { once: true }),
    );
    arrange(() => this.killing.abort());
    return Promise.race([this.perform(), killed]);
  }

  #makeWork(): Work<RemoteJob> {
    const described = this.row.describe(this.server.url, this.token);
    const settings = { ...described.settings, ...this.more };
    const common = { name: 'deploy', timeoutMs: this.timeoutMs, secrets: [], onDoubt: 'fail' } as const;
    const job = { ...common, kind: described.kind, settings } as RemoteJob;
    const secrets = ['hunter22-of-the-registry', this.token ?? 'a-token'];
    return {
      key: this.key,
      job,
      attempt: this.attempt,
      startedAt: this.#startedAt,
      environment,
      secrets,
      run: facts,
    };
  }

  readonly #startedAt = Date.parse('2026-11-25T12:00:00Z');

  #makeFollowing(): Following {
    const { signal } = this.killing;
    const unlessKilled = <T>(work: () => T): Promise<T> =>
      signal.aborted ? new Promise(() => {}) : Promise.resolve(work());
    return {
      detach: this.detaching.signal,
      cancel: this.cancelling.signal,
      offset: Buffer.byteLength(this.log),
      write: (text) =>
        unlessKilled(() => {
          this.log += text;
        }),
      elsewhere: {
        memory: this.memory,
        remember: (memory) =>
          unlessKilled(() => this.onRemember(memory, false)).then(() =>
            unlessKilled(() => {
              this.memory = JSON.parse(JSON.stringify(memory));
              this.memories.push(memory);
              this.onRemember(memory, true);
            }).then((done) => unlessKilled(() => done)),
          ),
        look: (over) =>
          new Promise((resolve) => over.addEventListener('abort', () => resolve(), { once: true })),
        readReport: async () => undefined,
        callback: async () => '',
      },
    };
  }
}
