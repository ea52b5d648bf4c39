import type { Config } from '../../config/config.ts';
import { adoptPipelines } from '../../engine/configured/adopt-pipelines.ts';
import type { InForce } from '../../engine/in-force.ts';
import type { PluginHost } from '../../plugins/plugin-host.ts';
import { adoptRepositories } from '../../polling/adopt-repositories.ts';
import { activateConfiguration } from '../../store/nodes.ts';
import { openScratchStore, type Store } from '../../store/store.ts';

/** A store of its own in which a configuration is in force, in its own time. */
export interface Scene {
  readonly store: Store;
  readonly config: Config;
  inForceAt(now: number): InForce;
}

/** Opens a scene; the one who called closes its store. */
export async function openScene(config: Config, host: PluginHost, now: number): Promise<Scene> {
  const store = await openScratchStore();
  const inForceAt = (at: number): InForce => ({
    config,
    secretFields: (plugin) => host.loaded().get(plugin)?.secrets,
    // Timers and windows are taken away, so that nobody asks when they come.
    calendar: { findNext: () => undefined, findLast: () => undefined },
    now: at,
  });
  await store.transact(async (tx) => {
    await activateConfiguration(tx, 'backtest', config.hash, now);
    await adoptRepositories(tx, { config, plugins: host.loaded(), now });
    await adoptPipelines(tx, inForceAt(now));
  });
  return { store, config, inForceAt };
}
