const dayMs = 86_400_000;
const pattern = /^\d{4}-\d{2}-\d{2}(?<clock>T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(?<zone>Z|[+-]\d{2}:\d{2})?)?$/;

/** What a time looks like, for people. */
export const timeExamples = '2026-11-28, or 2026-11-28T09:30:00Z';

/**
 * The milliseconds of a time as ISO 8601 has it, in UTC where it names no zone: with a day alone its
 * beginning or, where it is the end of a range, its end. Throws RangeError for anything else.
 */
export function parseTime(text: string, as: 'since' | 'until'): number {
  const { clock, zone } = pattern.exec(text)?.groups ?? {};
  const time = pattern.test(text)
    ? Date.parse(clock !== undefined && zone === undefined ? `${text}Z` : text)
    : Number.NaN;
  if (Number.isNaN(time) || !existsDay(text.slice(0, 10)))
    throw new RangeError(`"${text}" is not a time: ${timeExamples}`);
  return as === 'until' && clock === undefined ? time + dayMs : time;
}

/** JavaScript takes the 30th of February for the first of March. */
function existsDay(day: string): boolean {
  const time = Date.parse(day);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
