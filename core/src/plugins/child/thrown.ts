import { inspect } from 'node:util';
import { isPluginError, type PluginErrorCode, pluginErrorCodes } from '@sluice/plugin-sdk';
import type { Problem } from '../plugin-host.ts';
import { crossing } from '../protocol.ts';

/** Whatever was thrown in one bounded text. Never throws. */
export function tellThrown(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : inspect(thrown);
    return text.slice(0, crossing.message);
  } catch {
    return 'a value that cannot be printed';
  }
}

/** Whatever a plugin threw as a problem with a code: its own, or `PLUGIN_FAILED`. */
export function toProblem(thrown: unknown): Problem {
  if (!isPluginError(thrown)) return { code: 'PLUGIN_FAILED', message: tellThrown(thrown) };
  const { code, message, retryAfterMs } = thrown;
  const isWait = typeof retryAfterMs === 'number' && retryAfterMs >= 0 && Number.isFinite(retryAfterMs);
  return {
    code: isCode(code) ? code : 'PLUGIN_FAILED',
    message: String(message).slice(0, crossing.message),
    ...(isWait && { retryAfterMs }),
  };
}

function isCode(code: unknown): code is PluginErrorCode {
  return typeof code === 'string' && Object.hasOwn(pluginErrorCodes, code);
}
