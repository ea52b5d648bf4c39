import type { Command } from 'commander';
import { buildPluginSources, type PluginSources } from '../config/build.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import type { PluginHost } from '../plugins/plugin-host.ts';
import type { CliSurroundings, HostListeners } from './surroundings.ts';

/** Which configuration, as the options of a command say. */
export interface ConfigOptions {
  readonly config: string;
}

/** Adds `-c` to a command that needs a configuration. */
export function addConfigOption(command: Command): Command {
  return command.option('-c, --config <file>', 'the configuration', 'sluice.yaml');
}

/** Adds `-c` to a command that needs plugins and no more; without it, those that come with Sluice. */
export function addPluginsFromOption(command: Command): Command {
  return command.option('-c, --config <file>', 'the configuration that names more plugins');
}

/** Loads a configuration and starts its plugins; the one who called closes the host. Throws `ConfigError`. */
export async function loadWithPlugins(
  file: string,
  surroundings: CliSurroundings,
  listeners?: HostListeners,
): Promise<{ readonly config: Config; readonly host: PluginHost }> {
  await using closing = new AsyncDisposableStack();
  using loaded = endOfScope();
  const { promise: opened, resolve } = Promise.withResolvers<PluginHost>();
  const openPlugins = async (sources: PluginSources) => {
    const host = await surroundings.openHost(sources, listeners);
    closing.defer(() => host.close());
    // A plugin may hang over a question about the configuration.
    surroundings.signal.addEventListener('abort', () => void host.close(), { signal: loaded.signal });
    resolve(host);
    return host;
  };
  const config = await loadConfig(file, { ...surroundings, openPlugins });
  closing.move();
  return { config, host: await opened };
}

/** A signal that aborts when it is disposed of. */
function endOfScope(): Disposable & { readonly signal: AbortSignal } {
  const ending = new AbortController();
  return { signal: ending.signal, [Symbol.dispose]: () => ending.abort() };
}

/** Loads a configuration with its plugins, for as long as `use` takes. Throws `ConfigError`. */
export async function withConfig<T>(
  file: string,
  surroundings: CliSurroundings,
  use: (config: Config, host: PluginHost) => Promise<T>,
): Promise<T> {
  const { config, host } = await loadWithPlugins(file, surroundings);
  try {
    return await use(config, host);
  } finally {
    await host.close();
  }
}

/**
 * Starts the plugins of a configuration or, without one, those that come with Sluice, for as long as `use`
 * takes.
 */
export async function withPlugins<T>(
  file: string | undefined,
  surroundings: CliSurroundings,
  use: (host: PluginHost) => Promise<T>,
): Promise<T> {
  if (file !== undefined) return withConfig(file, surroundings, (_, host) => use(host));
  await using closing = new AsyncDisposableStack();
  const host = await surroundings.openHost(buildPluginSources({}, surroundings.directory, (text) => text));
  closing.defer(() => host.close());
  return await use(host);
}
