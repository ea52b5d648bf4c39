import { createHash } from 'node:crypto';
import cron from 'node-cron';
import type { Schedule } from '../config/config.ts';

/** How many repositories a second may be polled first after a start. */
const firstPollsPerSecond = 20;
const minuteMs = 60_000;
const longestBackOffMs = 15 * minuteMs;
/** The longest that a server may ask to be left alone, in milliseconds. */
export const longestRetryAfterMs = 60 * minuteMs;
/** When to look again after a hook's poll that found nothing, in milliseconds from its end. */
export const looksMs: readonly number[] = [2_000, 10_000, 30_000];

/** Whose schedule it is, among how many, and when. */
export interface Occasion {
  readonly repository: string;
  /** How many repositories the configuration has. */
  readonly count: number;
  /** IANA name, for cron. */
  readonly timezone: string;
  /** Milliseconds. */
  readonly now: number;
}

/**
 * When to poll next, in milliseconds; undefined for never by itself. Each name has its own moment within the
 * interval, the same after every restart; at a moment of cron many repositories follow each other as at the
 * start. Cron reads the machine's clock, since node-cron has no other.
 */
export function findNextPoll(
  schedule: Schedule,
  { repository, count, timezone, now }: Occasion,
): number | undefined {
  if ('manual' in schedule) return undefined;
  if ('cron' in schedule) {
    const next = findNextCron(schedule.cron, timezone);
    return next === undefined ? undefined : next + spread(repository, spreadMs(count));
  }
  const phase = spread(repository, schedule.everyMs);
  return Math.floor((now - phase) / schedule.everyMs + 1) * schedule.everyMs + phase;
}

/**
 * When to poll first after a start: at once where there is one repository, else spread so that not all poll
 * in one second.
 */
export function findFirstPoll(schedule: Schedule, occasion: Occasion): number | undefined {
  if (!('everyMs' in schedule)) return findNextPoll(schedule, occasion);
  return occasion.now + spread(occasion.repository, Math.min(schedule.everyMs, spreadMs(occasion.count)));
}

/**
 * When to poll after failures in a row: exponential back-off with jitter, up to 15 minutes or the interval if
 * that is longer.
 */
export function findRetry(
  schedule: Schedule,
  failures: number,
  now: number,
  random: () => number,
): number | undefined {
  if ('manual' in schedule) return undefined;
  const intervalMs = 'everyMs' in schedule ? schedule.everyMs : minuteMs;
  const backOffMs = Math.min(
    Math.min(intervalMs, minuteMs) * 2 ** (failures - 1),
    Math.max(intervalMs, longestBackOffMs),
  );
  return now + Math.round(backOffMs * (0.75 + 0.25 * random()));
}

/**
 * How far apart two answers must be to confirm each other, in milliseconds: an interval, less what a timer
 * may be early.
 */
export function findConfirmMs(schedule: Schedule): number {
  return ('everyMs' in schedule ? schedule.everyMs : minuteMs) * 0.9;
}

/** Whether node-cron takes an expression, and it ever comes, in a timezone. */
export function isCron(expression: string, timezone: string): boolean {
  try {
    return cron.validate(expression) && findNextCron(expression, timezone) !== undefined;
  } catch {
    return false;
  }
}

function findNextCron(expression: string, timezone: string): number | undefined {
  const task = cron.createTask(expression, () => {}, { timezone });
  try {
    return task.getNextRuns(1)[0]?.getTime();
  } finally {
    void task.destroy();
  }
}

function spreadMs(count: number): number {
  return ((count - 1) * 1_000) / firstPollsPerSecond;
}

/** A moment below `overMs` that depends on the name alone. */
function spread(name: string, overMs: number): number {
  const share = createHash('sha256').update(name).digest().readUInt32BE() / 2 ** 32;
  return Math.floor(share * overMs);
}
