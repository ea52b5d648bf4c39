import type { Config } from '../config/config.ts';
import type { Calendar } from './calendar.ts';

/**
 * The secret fields of a plugin, as `LoadedPlugin.secrets` has them; undefined for a plugin that is not
 * loaded.
 */
export type SecretFields = (plugin: string) => SecretFieldNames | undefined;

/** Names of secret fields: of a repository's settings, and of a package's. */
export interface SecretFieldNames {
  readonly repository: readonly string[];
  readonly package: readonly string[];
}

/** By what is decided beside the situation: the configuration in force, and when. */
export interface InForce {
  readonly config: Config;
  /** Secret settings are not kept with a run: they are read from the configuration at the moment of use. */
  readonly secretFields: SecretFields;
  /** In the configuration's timezone. */
  readonly calendar: Calendar;
  /** Milliseconds. */
  readonly now: number;
}
