import type { ServerObserver } from '../../api/observer.ts';
import type { Config, Template } from '../../config/config.ts';
import { adoptPipelines } from '../../engine/configured/adopt-pipelines.ts';
import type { RunChange } from '../../engine/happen.ts';
import type { InForce, SecretFields } from '../../engine/in-force.ts';
import { createCalendar } from '../../engine/timer.ts';
import { deliverEvents } from '../../events/deliver-events.ts';
import type { PluginHost } from '../../plugins/plugin-host.ts';
import { adoptRepositories } from '../../polling/adopt-repositories.ts';
import { Poller } from '../../polling/poller.ts';
import { appendAudit } from '../../store/audit.ts';
import { readStoreIdentity } from '../../store/identity.ts';
import { activateConfiguration } from '../../store/nodes.ts';
import { adoptSinks } from '../../store/sinks.ts';
import type { Store } from '../../store/store.ts';
import { auditConfiguration } from './audit-configuration.ts';
import type { Room } from './disk.ts';

/** A configuration and the plugins that it was checked with. */
export interface Loaded {
  readonly config: Config;
  readonly host: PluginHost;
}

/** What a configuration needs to come into force. */
export interface GenerationSurroundings {
  readonly store: Store;
  readonly node: string;
  readonly observer: ServerObserver;
  readonly now: () => number;
  readonly random: () => number;
  readonly room: Room;
  /** Fills in a text of the configuration. */
  readonly resolve: (template: Template) => string;
}

/** A configuration in force: its plugins run, its repositories are polled, its sinks are told. */
export interface Generation extends Loaded {
  readonly loadedAt: number;
  inForce(): InForce;
  /**
   * Ends its polls and deliveries, gives their leases back, and ends its plugins. Asked again, it is the same
   * end.
   */
  end(): Promise<void>;
}

/**
 * Makes a configuration the one that the store and this node go by, in one transaction, and begins to poll
 * and to deliver events.
 */
export async function beginGeneration(
  loaded: Loaded,
  surroundings: GenerationSurroundings,
): Promise<Generation> {
  const { config, host } = loaded;
  const { now } = surroundings;
  const secretFields: SecretFields = (plugin) => host.loaded().get(plugin)?.secrets;
  const calendar = createCalendar(config.timezone);
  const inForce = (): InForce => ({ config, secretFields, calendar, now: now() });
  const { runs, identity } = await adopt(loaded, inForce(), surroundings);
  for (const run of runs) surroundings.observer.onRun(run);

  const ending = new AbortController();
  const poller = new Poller({
    ...surroundings,
    config,
    host,
    secretFields,
    calendar,
    mayBegin: () => surroundings.room.isEnough(config.minFree),
  });
  const polling = poller.run(ending.signal);
  const delivering = deliverEvents({ ...surroundings, config, identity }, ending.signal);
  let ended: Promise<unknown> | undefined;
  return {
    ...loaded,
    loadedAt: now(),
    inForce,
    async end() {
      ending.abort();
      // At once, for a poll may wait for a plugin that hangs.
      ended ??= Promise.all([polling, delivering, host.close()]);
      await ended;
    },
  };
}

async function adopt(
  { config, host }: Loaded,
  options: InForce,
  { store, node, now }: GenerationSurroundings,
): Promise<{ readonly runs: readonly RunChange[]; readonly identity: string }> {
  return store.transact(async (tx) => {
    await activateConfiguration(tx, node, config.hash, now());
    await adoptRepositories(tx, { config, plugins: host.loaded(), now: now() });
    await adoptSinks(
      tx,
      config.events.map(({ name, kind, retry }) => ({ name, kind, giveUpMs: retry.giveUpMs })),
    );
    const loaded = {
      type: 'configuration.loaded',
      subject: config.hash,
      data: { file: config.file },
    } as const;
    await appendAudit(tx, auditConfiguration('configuration.loaded', config), now());
    const { runs } = await adoptPipelines(tx, options, [loaded]);
    tx.wake('polls');
    tx.wake('attempts');
    return { runs, identity: await readStoreIdentity(tx) };
  });
}
