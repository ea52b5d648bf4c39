import type { Config } from '../../src/config/config.ts';
import { createPluginHost } from '../../src/plugins/host.ts';
import type { PluginHost } from '../../src/plugins/plugin-host.ts';

/** A host where nobody asks a plugin. */
export function openHostWithoutPlugins({ directory, pluginLimits, http }: Config): Promise<PluginHost> {
  return createPluginHost({
    plugins: [],
    directory,
    limits: pluginLimits,
    http,
    environment: {},
    resolve: (template) => template,
    learnSecret() {},
    mask: (text) => text,
    log() {},
  });
}
