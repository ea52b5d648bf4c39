import { createHash } from 'node:crypto';
import type { PackageConfig, PluginSettings, RepositoryConfig } from '../config/config.ts';
import type { LoadedPlugin } from '../plugins/plugin-host.ts';

/** What cursors of a repository depend on: the plugin's version and the settings, credentials left out. */
export function fingerprintRepository({ config }: RepositoryConfig, plugin: LoadedPlugin): string {
  return hash([plugin.id, plugin.version, withoutSecrets(config, plugin.secrets.repository)]);
}

/**
 * Which revisions a package selects: another one begins with a baseline. The plugin's version has no part in
 * it.
 */
export function fingerprintSelection({ config }: PackageConfig, plugin: LoadedPlugin): string {
  return hash([plugin.id, withoutSecrets(config, plugin.secrets.package)]);
}

function withoutSecrets(
  settings: PluginSettings,
  secrets: readonly string[],
): readonly (readonly [string, unknown])[] {
  const kept = Object.entries(settings).filter(([name]) => !secrets.includes(name));
  return kept.sort(([a], [b]) => (a < b ? -1 : 1));
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}
