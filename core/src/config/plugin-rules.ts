import type { PluginSettings } from './config.ts';

/** The settings of a plugin, as JSON Schemas, draft 2020-12. */
export interface PluginFields {
  readonly repository: Readonly<Record<string, unknown>>;
  readonly package: Readonly<Record<string, unknown>>;
  /** Names of the secret ones. */
  readonly secrets: { readonly repository: readonly string[]; readonly package: readonly string[] };
}

/** A setting that a plugin objects to. */
export interface SettingObjection {
  readonly in: 'repository' | 'package';
  readonly field: string;
  readonly message: string;
}

/** What has to be known of plugins to validate a configuration; the plugin host knows it. */
export interface PluginRules {
  /** The plugins, by id. */
  loaded(): ReadonlyMap<string, PluginFields>;
  /**
   * The configured ones that cannot be used, and why; `source` is the entry of `plugins:`, paths absolute.
   */
  failed(): readonly { readonly source: string; readonly message: string }[];
  /** The plugin's own rules on settings that fit its schemas, before interpolation; objections by package. */
  validate(
    plugin: string,
    repository: PluginSettings,
    packages: ReadonlyMap<string, PluginSettings>,
  ): Promise<ReadonlyMap<string, readonly SettingObjection[]>>;
}

/** The names of the fields of one of the schemas. */
export function fieldNames(schema: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(schema['properties'] ?? {});
}
