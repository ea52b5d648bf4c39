import type { HttpConfig, PluginLimits } from '../config/config.ts';
import type { SettingsReader } from './settings-in-use.ts';
import type { PluginLogLine } from './words.ts';

/** What a plugin host is made with. */
export interface PluginHostOptions extends SettingsReader {
  /**
   * npm package names, or absolute paths of .ts or .js files; `findBundled` names those that come with
   * Sluice.
   */
  readonly plugins: readonly string[];
  /** The configuration's directory: plugins are looked for by name from here. */
  readonly directory: string;
  readonly limits: PluginLimits;
  readonly http: HttpConfig;
  /** Masks every secret that was learnt. */
  readonly mask: (text: string) => string;
  readonly log: (line: PluginLogLine) => void;
  /** The server's environment, of which plugins get what they name. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told of every plugin process that ended otherwise than it should. */
  readonly onRestart?: (plugin: string, reason: string) => void;
  /** A process that was asked nothing for so long is ended, in milliseconds; default five minutes. */
  readonly idleMs?: number;
  /** Ends plugins that are still being loaded. */
  readonly signal?: AbortSignal;
}
