import type { Readable } from 'node:stream';
import type { PluginSources } from '../config/build.ts';
import type { LoadOptions } from '../config/load-config.ts';
import type { PluginHost } from '../plugins/plugin-host.ts';
import type { PluginLogLine } from '../plugins/words.ts';
import type { StopSignal } from './stop-signal.ts';

/** Who is told how the plugins are. */
export interface HostListeners {
  /** A plugin's process ended otherwise than it should. */
  readonly onRestart: (plugin: string, reason: string) => void;
  readonly onLine: (line: PluginLogLine) => void;
}

/**
 * Starts the plugins that a configuration names, beside those that come with Sluice; the one who called
 * closes the host.
 */
export type OpenHost = (sources: PluginSources, listeners?: HostListeners) => Promise<PluginHost>;

/** What the commands are lent by the composition root. */
export interface CliSurroundings
  extends Pick<LoadOptions, 'environment' | 'masker' | 'isCron' | 'signal'>,
    Pick<StopSignal, 'interruptibly'> {
  /** The current directory. */
  readonly directory: string;
  readonly stdin: Readable;
  /** Prints a line for the one who called, made safe for a terminal. */
  readonly print: (line: string) => void;
  /** Prints a value as JSON, for programs. */
  readonly printJson: (value: unknown) => void;
  /** Prints a value as JSON in one line, one of many. */
  readonly printJsonLine: (value: unknown) => void;
  /** Prints a line about what goes on, or what went wrong, made safe for a terminal. */
  readonly warn: (line: string) => void;
  /** Shows how far something is, on a terminal; undefined takes it away. */
  readonly showProgress: (line: string | undefined) => void;
  readonly openHost: OpenHost;
}
