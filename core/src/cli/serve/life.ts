import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createMetrics, type Metrics } from '../../api/metrics.ts';
import { type ServerObserver, tellAll } from '../../api/observer.ts';
import { createApi } from '../../api/server.ts';
import type { ApiSurroundings } from '../../api/surroundings.ts';
import type { Config, Template } from '../../config/config.ts';
import { Interpolator } from '../../config/interpolator.ts';
import { formatProblem } from '../../config/problem.ts';
import { performAttempts } from '../../engine/jobs/perform-attempts.ts';
import { deleteOld } from '../../engine/retention.ts';
import { publishCallbackKey } from '../../store/callback-keys.ts';
import { describeExposed, findExposed } from '../../store/exposed.ts';
import { readStoreIdentity } from '../../store/identity.ts';
import { releaseAll } from '../../store/leases.ts';
import { type NodePlace, takeNodePlace } from '../../store/nodes.ts';
import { listSinks } from '../../store/sinks.ts';
import { openStore, type Store } from '../../store/store.ts';
import { addressOf, StoreMemory } from '../../store/store-memory.ts';
import { createRemoteTarget } from '../../targets/remote/remote-target.ts';
import { createRunTarget } from '../../targets/run/run-target.ts';
import { createWebhookTarget } from '../../targets/webhook/webhook-target.ts';
import { readStoreUrl, toStoreFile } from '../store-url.ts';
import type { CliSurroundings } from '../surroundings.ts';
import { loadWithPlugins } from '../with-config.ts';
import { Room } from './disk.ts';
import { Governance } from './governance.ts';
import { findReasonsNotReady, readDepths } from './readiness.ts';
import { logPluginLine, reportTo } from './reports.ts';

const roomLookMs = 10_000;
const cleaningMs = 3_600_000;

/** What a server's life needs. */
export interface LifeOptions {
  /** sluice.yaml, as people name it. */
  readonly file: string;
  readonly surroundings: CliSurroundings;
  readonly log: Logger;
  readonly now: () => number;
  readonly random: () => number;
}

/** What every part of a server shares. */
interface Server extends LifeOptions {
  readonly store: Store;
  readonly place: NodePlace;
  readonly room: Room;
  readonly observer: ServerObserver;
  readonly metrics: Metrics;
  readonly governance: Governance;
  /** Fills in a text of the configuration; `learn` is told every value. */
  readonly resolve: (template: Template, learn?: (secret: string) => void) => string;
  /** Aborts when the server stops. */
  readonly stopping: AbortSignal;
}

/**
 * Runs a server until the surroundings' signal aborts. Then it takes no new work, gives polls back, lets go
 * of running commands (the next start adopts them) and closes the store. Throws `ConfigError`, and in words
 * what stands against a start.
 */
export async function liveAsServer(options: LifeOptions): Promise<void> {
  await using ending = new AsyncDisposableStack();
  const { server, config } = await prepare(options, ending);
  const api = await openApi(server);
  ending.defer(() => api.close());
  const address = await api.listen({ host: config.server.host, port: config.server.port });
  options.log.info(
    `look at ${address}/ (repositories: ${config.repositories.size}, pipelines: ${config.pipelines.size})`,
  );
  await Promise.all([
    perform(server, address),
    watchRoom(server),
    clean(server),
    untilAborted(server.stopping),
  ]);
  options.log.info('stopping: running commands go on and are taken up again at the next start');
}

/**
 * Opens what a server stands on, and brings its configuration into force. What was opened is closed in the
 * reverse order.
 */
async function prepare(
  options: LifeOptions,
  ending: AsyncDisposableStack,
): Promise<{ server: Server; config: Config }> {
  const { file, surroundings, log, now, random } = options;
  const { signal: stopping, masker, environment } = surroundings;
  const metrics = createMetrics({
    readDepths: () => readDepths(store, now()),
    readEventLags: () => store.read(listSinks),
    isConfigurationValid: () => governance.status().refused === undefined,
  });
  const observer = tellAll([reportTo(log), metrics.observer]);
  const listeners = { onRestart: observer.onPluginRestart, onLine: logPluginLine(log) };
  const load = async () => {
    const loaded = await loadWithPlugins(file, surroundings, listeners);
    for (const warning of loaded.config.warnings) log.warn(formatProblem(warning));
    return loaded;
  };

  const loaded = await load();
  const { config } = loaded;
  // Until it is in force, nobody else closes it.
  const closing = ending.use(new AsyncDisposableStack());
  closing.defer(() => loaded.host.close());
  const resolve = (template: Template, learn?: (secret: string) => void) =>
    new Interpolator({
      directory: config.directory,
      environment,
      masker: { add: (value) => learnSecret(value, masker, learn) },
    }).resolve(template);
  const place = ending.adopt(takeNodePlace(config.directory), (taken) => taken.release());
  const url = readStoreUrl(config, resolve);
  const memory = new StoreMemory(place.directory);
  const store = ending.adopt(
    // It may have to be migrated, which takes as long as it takes.
    await surroundings.interruptibly(() => openStore(url, { now, random, signal: stopping, memory })),
    (opened) => opened.close(),
  );
  const identity = await store.transact(readStoreIdentity);
  memory.note(addressOf(url), { identity, closed: false });
  // Said before it is done: what is closed then leaves no log of its transactions.
  ending.defer(() => memory.note(addressOf(url), { identity, closed: true }));
  const exposed = describeExposed(findExposed(place.directory, toStoreFile(url)));
  if (exposed !== undefined) log.warn(exposed);
  await store.transact(async (tx) => {
    await releaseAll(tx, place.id);
    await publishCallbackKey(tx, place.callbackKey);
  });

  const room = new Room(place.jobs);
  await room.look();
  const governance = new Governance({
    store,
    node: place.id,
    observer,
    now,
    random,
    room,
    resolve,
    load,
    log,
    stopping,
  });
  ending.defer(() => governance.end());
  await surroundings.interruptibly(() => governance.begin(loaded));
  closing.move();
  governance.follow();
  return {
    server: { ...options, store, place, room, observer, metrics, governance, resolve, stopping },
    config,
  };
}

function learnSecret(
  value: string,
  masker: CliSurroundings['masker'],
  learn: ((secret: string) => void) | undefined,
): void {
  masker.add(value);
  learn?.(value);
}

function openApi({
  store,
  governance,
  observer,
  metrics,
  resolve,
  room,
  now,
  stopping,
  log,
}: Server): ReturnType<typeof createApi> {
  const surroundings: ApiSurroundings = {
    store,
    host: () => governance.generation().host,
    inForce: () => governance.generation().inForce(),
    tell(runs) {
      for (const run of runs) observer.onRun(run);
    },
    configuration: () => governance.status(),
    resolve,
    reasonsNotReady: () => findReasonsNotReady(store, governance.config(), room),
    readMetrics: async () => ({ type: metrics.registry.contentType, text: await metrics.registry.metrics() }),
    now,
    stopping,
  };
  // What was asked for is in the metrics; the log is for what happens.
  return createApi(surroundings, log.child({}, { level: 'warn' }));
}

function perform(
  { store, place, governance, resolve, room, observer, now, random, stopping, surroundings }: Server,
  address: string,
): Promise<void> {
  const { environment } = surroundings;
  const config = () => governance.config();
  const targets = {
    run: createRunTarget({ directory: place.jobs, now }),
    webhook: createWebhookTarget({ resolve, config, now, random }),
    remote: createRemoteTarget({ resolve, config, now, random }),
  };
  return performAttempts(
    {
      store,
      node: place.id,
      callbackKey: place.callbackKey,
      inForce: () => governance.generation().inForce(),
      address: () => config().server.url ?? address,
      targets,
      resolve,
      server: environment,
      freeBytes: () => room.look(),
      now,
      random,
      observer,
    },
    stopping,
  );
}

async function watchRoom({ room, observer, stopping }: Server): Promise<void> {
  await repeat(roomLookMs, stopping, () =>
    room.look().catch((error) => observer.onProblem('the disk cannot be looked at', error)),
  );
}

async function clean({ store, governance, now, observer, stopping }: Server): Promise<void> {
  const deleteNow = () => deleteOld(store, governance.config().retention, now(), stopping);
  await repeat(cleaningMs, stopping, () =>
    deleteNow().catch((error) => observer.onProblem('what is too old cannot be deleted', error)),
  );
}

/** Does something now and then, until the signal aborts. */
async function repeat(everyMs: number, signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await work();
    await wait(everyMs, undefined, { signal, ref: false }).catch(() => {});
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
