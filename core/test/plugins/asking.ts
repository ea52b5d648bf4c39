import { fileURLToPath } from 'node:url';
import type { PluginSettings, RepositoryConfig } from '../../src/config/config.ts';
import type { AskedPackage } from '../../src/plugins/plugin-host.ts';

/** The absolute path of a fixture. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url));
}

/** A repository of a plugin with these settings. */
export function repository(name: string, plugin: string, config: PluginSettings): RepositoryConfig {
  return {
    name,
    plugin,
    config,
    poll: { manual: true },
    hookSecret: undefined,
    http: { clientCert: undefined, clientKey: undefined, trust: [] },
    formerly: [],
    packages: new Map(),
  };
}

/** Packages to ask about, by key, never asked about before. */
export function ask(
  keys: readonly string[],
  config: (key: string) => PluginSettings = (name) => ({ name }),
): readonly AskedPackage[] {
  return keys.map((key) => ({ key, config: config(key), cursor: undefined }));
}
