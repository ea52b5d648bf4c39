import { PluginError, type PluginErrorCode, pluginErrorCodes } from '@sluice/plugin-sdk';
import type { Problem } from './plugin-host.ts';
import type { LogLevel } from './protocol.ts';

/** A line that a plugin wrote to the log, or that is written about it: masked, bounded, on one line. */
export interface PluginLogLine {
  /** The plugin's id or, before it is known, where it comes from. */
  readonly plugin: string;
  readonly repository: string | undefined;
  readonly level: LogLevel;
  readonly message: string;
}

const longest = 4096;
const longestWaitMs = 86_400_000;

/** Understands how a plugin's words are shown: secrets masked, control characters escaped, cut. */
export class Words {
  readonly #mask: (text: string) => string;
  readonly #log: (line: PluginLogLine) => void;
  /** Whose words they are: the plugin's id, as soon as it is known. */
  plugin: string;

  constructor(plugin: string, mask: (text: string) => string, log: (line: PluginLogLine) => void) {
    this.plugin = plugin;
    this.#mask = mask;
    this.#log = log;
  }

  /** A text as it may be shown. */
  show(text: string): string {
    // Masked before it is cut: half a secret would not be recognised.
    const shown = this.#mask(text).replace(/[\p{Cc}\p{Bidi_Control}\p{Cs}]/gu, escapeCharacter);
    return shown.length <= longest ? shown : `${shown.slice(0, longest - 1)}…`;
  }

  /** Writes to the log. */
  say(level: LogLevel, message: string, repository?: string): void {
    this.#log({ plugin: this.plugin, repository, level, message: this.show(message) });
  }

  /** A problem that came from outside, as it may be shown. */
  showProblem(problem: unknown): Problem {
    if (!isRecord(problem) || !isCode(problem['code']) || typeof problem['message'] !== 'string') {
      return { code: 'PLUGIN_FAILED', message: 'The plugin failed without saying why.' };
    }
    const { code, message, retryAfterMs } = problem;
    const isWait = typeof retryAfterMs === 'number' && retryAfterMs >= 0;
    return {
      code,
      message: this.show(message),
      ...(isWait && { retryAfterMs: Math.min(retryAfterMs, longestWaitMs) }),
    };
  }

  /** The same as an error to throw. */
  toError(problem: unknown): PluginError {
    const { code, message, retryAfterMs } = this.showProblem(problem);
    return new PluginError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
  }
}

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return ' ';
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

function isCode(code: unknown): code is PluginErrorCode {
  return typeof code === 'string' && Object.hasOwn(pluginErrorCodes, code);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
