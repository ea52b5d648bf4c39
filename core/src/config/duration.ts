const unitsMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** What a duration looks like, as a regular expression and for people. */
export const durationPattern = '^([1-9][0-9]{0,5})(ms|s|m|h|d)$';
export const durationExamples = 'a duration: 30s, 5m, 2h or 7d';

/** The milliseconds of `30s`, `5m`, `2h`, `7d` or `200ms`. Throws RangeError for anything else. */
export function parseDuration(text: string): number {
  const [, count, unit] = new RegExp(durationPattern).exec(text) ?? [];
  const unitMs = Object.entries(unitsMs).find(([name]) => name === unit)?.[1];
  if (count === undefined || unitMs === undefined)
    throw new RangeError(`"${text}" is not ${durationExamples}`);
  return Number(count) * unitMs;
}

/** Milliseconds as {@link parseDuration} reads them, in the largest unit that needs no fraction. */
export function formatDuration(milliseconds: number): string {
  const whole = Math.round(milliseconds);
  const [unit, unitMs] = Object.entries(unitsMs).find(([, size]) => whole !== 0 && whole % size === 0) ?? [
    'ms',
    1,
  ];
  return `${whole / unitMs}${unit}`;
}
