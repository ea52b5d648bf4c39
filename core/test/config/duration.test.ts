import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/config/duration.ts';

describe('a duration', () => {
  test.each([
    ['200ms', 200],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
  ])('%s is %i ms, and reads the same again', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
    expect(formatDuration(milliseconds)).toBe(text);
  });

  test.each(['', '5', '5 m', '5M', '0s', '-1s', '1.5h', '5m30s', '1234567d', ' 5m'])(
    '"%s" is none',
    (text) => {
      expect(() => parseDuration(text)).toThrow(`"${text}" is not a duration: 30s, 5m, 2h or 7d`);
    },
  );

  test('is shown in the largest unit that needs no fraction', () => {
    expect(formatDuration(90_000)).toBe('90s');
    expect(formatDuration(120_000)).toBe('2m');
    expect(formatDuration(0)).toBe('0ms');
    expect(formatDuration(1_500.4)).toBe('1500ms');
  });
});
