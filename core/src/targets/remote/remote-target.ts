import { setTimeout as sleep } from 'node:timers/promises';
import type { Template } from '../../config/config.ts';
import type { RemoteJob, RemoteKindName } from '../../config/jobs.ts';
import type { Masker } from '../../config/masker.ts';
import { createMasker } from '../log-text.ts';
import { listOpenVariables } from '../open-environment.ts';
import type { Following, Outcome, Target, Work } from '../target.ts';
import { openWires, type WireConfig, type Wires } from '../wires.ts';
import { RemoteHttp } from './http.ts';
import { Journal } from './journal.ts';
import type { Order, RemoteServer } from './kind.ts';
import { remoteKinds } from './kinds.ts';
import { Life } from './life.ts';
import { Pace } from './pace.ts';
import { fillInParameters, fillInSettings, parametersOf, type Resolve } from './parameters.ts';

/** What following builds on other servers needs. Times in milliseconds. */
export interface RemoteTargetOptions {
  readonly resolve: Resolve;
  /** The configuration as it is now. */
  readonly config: () => WireConfig;
  readonly now: () => number;
  /** In [0, 1), for the jitter of pauses. */
  readonly random: () => number;
  /** Resolves after so long; rejects when the signal aborts. Default real time. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** For one request; default 30,000. */
  readonly tryMs?: number;
}

/**
 * Does jobs that are builds on other servers: starts the build once, follows it to its end, and takes its
 * result.
 *
 * `perform` throws the reason of `detach`, what the store throws, and, for a build that has begun, what is
 * wrong with the configuration: it may then be called again.
 */
export function createRemoteTarget(options: RemoteTargetOptions): Target<RemoteJob> {
  return {
    async perform(work, following) {
      following.detach.throwIfAborted();
      const masker = createMasker(work.secrets);
      const resolve = (template: Template) => options.resolve(template, (secret) => masker.add(secret));
      let prepared: Prepared;
      try {
        prepared = await prepare(work, options, resolve, masker);
      } catch (error) {
        if (following.elsewhere.memory !== undefined) throw error;
        const words = error instanceof Error ? error.message : String(error);
        return { status: 'failed', exitCode: null, message: masker.mask(`the job was not begun: ${words}`) };
      }
      await using wires = prepared.wires;
      return live(work, following, { ...prepared, wires, masker, options });
    },
  };
}

interface Prepared {
  readonly wires: Wires & AsyncDisposable;
  readonly server: RemoteServer;
  readonly order: Order;
}

async function prepare(
  work: Work<RemoteJob>,
  options: RemoteTargetOptions,
  resolve: (template: Template) => string,
  masker: Masker,
): Promise<Prepared> {
  const { job, run, environment } = work;
  const parameters = parametersOf(job);
  const order: Order = {
    key: work.key,
    title: `${run.pipeline}/${run.counter} (${run.label}) ${run.stage}/${run.job}`,
    chosen: fillInParameters(parameters, environment, resolve),
    environment: listOpenVariables(work),
  };
  const wires = await openWires(options.config(), resolve);
  const makeHttp = (url: string) =>
    new RemoteHttp({
      url,
      wires,
      now: options.now,
      tryMs: options.tryMs ?? 30_000,
      learnSecret: (secret) => masker.add(secret),
    });
  return {
    wires,
    order,
    server: openServer(job, (settings) => fillInSettings(settings, parameters, resolve), makeHttp),
  };
}

function openServer<K extends RemoteKindName>(
  job: RemoteJob<K>,
  fillIn: <S extends object>(settings: S) => S,
  makeHttp: (url: string) => RemoteHttp,
): RemoteServer {
  const kind = remoteKinds[job.kind];
  const settings = fillIn(job.settings);
  return kind.open(settings, makeHttp(settings.url ?? kind.url ?? ''));
}

function live(
  work: Work<RemoteJob>,
  following: Following,
  parts: Prepared & { readonly masker: Masker; readonly options: RemoteTargetOptions },
): Promise<Outcome> {
  const { server, order, masker, options } = parts;
  const { now, random, sleep: rest = sleepReally } = options;
  const pace = new Pace({ following, random, sleep: rest });
  const journal = new Journal(following, masker);
  return new Life({
    work,
    following,
    kind: remoteKinds[work.job.kind],
    server,
    order,
    pace,
    journal,
    now,
  }).run();
}

async function sleepReally(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal });
}
