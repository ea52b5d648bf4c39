import type { PluginError, PluginErrorCode } from '../errors.ts';

/** Attempts in all. */
const attempts = 3;
const firstBackOffMs = 500;
const longestBackOffMs = 10_000;
/** A server that asks for more than this is left to core, which has other things to do meanwhile. */
const patienceMs = 10_000;
const longestRetryAfterMs = 3_600_000;

const passing: ReadonlySet<PluginErrorCode> = new Set(['UNREACHABLE', 'RATE_LIMITED']);

/**
 * What a `Retry-After` header asks for, in milliseconds from now: seconds or an HTTP date (RFC 9110, section
 * 10.2.3), at most an hour. `undefined` if it is absent or makes no sense.
 */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1000
    : /^[A-Z][a-z]{2}.* GMT$/.test(text)
      ? Date.parse(text) - now
      : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestRetryAfterMs);
}

/**
 * How long to wait before an idempotent request is repeated after `error`, in milliseconds; `undefined` if it
 * is not to be repeated. What the server asked for, with full jitter on an exponential back-off beneath it.
 */
export function delayBeforeRetry(
  error: PluginError,
  attempt: number,
  remainingMs: number,
  random: () => number,
): number | undefined {
  if (attempt >= attempts || !passing.has(error.code)) return undefined;
  const asked = error.retryAfterMs ?? 0;
  if (asked > patienceMs) return undefined;
  const delay = asked + random() * Math.min(firstBackOffMs * 2 ** (attempt - 1), longestBackOffMs);
  return delay < remainingMs ? delay : undefined;
}
