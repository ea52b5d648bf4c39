import { InvalidArgumentError } from 'commander';
import { parseTime, timeExamples } from '../config/calendar-time.ts';
import { durationExamples, durationPattern, parseDuration } from '../config/duration.ts';

const mostItems = 500;

/** Reads how many items are asked for. */
export function readLimit(text: string): number {
  return readWhole(text, 1, mostItems);
}

/** Reads the place in a list that the page before ended at. */
export function readCursor(text: string): number {
  return readWhole(text, 0, Number.MAX_SAFE_INTEGER);
}

/** Reads the beginning of a range: a time, a day, or how long before now. As ISO 8601 has it. */
export function readSince(text: string): string {
  return readMoment(text, 'since');
}

/** Reads the end of a range, as {@link readSince} does; a day is part of the range. */
export function readUntil(text: string): string {
  return readMoment(text, 'until');
}

function readMoment(text: string, as: 'since' | 'until'): string {
  try {
    const isDuration = new RegExp(durationPattern).test(text);
    return new Date(
      isDuration ? Math.max(0, Date.now() - parseDuration(text)) : parseTime(text, as),
    ).toISOString();
  } catch {
    throw new InvalidArgumentError(
      `It is neither a time (${timeExamples}) nor ${durationExamples}, before now.`,
    );
  }
}

function readWhole(text: string, least: number, most: number): number {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
}
