import { parseTime } from '../config/calendar-time.ts';
import { ApiError } from './api-error.ts';

/** From when to when, as a query says it. */
export interface TimeRangeQuery {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** The JSON Schema of {@link TimeRangeQuery}'s members. */
export const timeRangeSchema = {
  since: {
    type: 'string',
    maxLength: 40,
    description: 'Not before this time (ISO 8601, UTC unless told), or this day',
  },
  until: { type: 'string', maxLength: 40, description: 'Before this time, or not after this day' },
} as const;

/** From when to before when, in milliseconds. Throws BAD_REQUEST for what is no time. */
export function readTimeRange({ since, until }: TimeRangeQuery) {
  return { since: readTime(since, 'since'), until: readTime(until, 'until') };
}

/**
 * A moment of a range, in milliseconds; undefined where there is none. Throws BAD_REQUEST for what is no time.
 */
export function readTime(text: string | undefined, as: 'since' | 'until'): number | undefined {
  if (text === undefined) return undefined;
  try {
    return parseTime(text, as);
  } catch (error) {
    throw new ApiError('BAD_REQUEST', `${as}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
