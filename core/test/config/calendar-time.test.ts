import { expect, it } from 'vitest';
import { parseTime } from '../../src/config/calendar-time.ts';

it.each([
  ['2026-11-28', '2026-11-28T00:00:00.000Z', '2026-11-29T00:00:00.000Z'],
  ['2026-11-28T09:30', '2026-11-28T09:30:00.000Z', '2026-11-28T09:30:00.000Z'],
  ['2026-11-28T09:30:15.5Z', '2026-11-28T09:30:15.500Z', '2026-11-28T09:30:15.500Z'],
  ['2026-11-28T09:30:00+02:00', '2026-11-28T07:30:00.000Z', '2026-11-28T07:30:00.000Z'],
])('%s is from %s on, and up to %s', (text, since, until) => {
  expect(new Date(parseTime(text, 'since')).toISOString()).toBe(since);
  expect(new Date(parseTime(text, 'until')).toISOString()).toBe(until);
});

it.each([
  '',
  '5',
  'yesterday',
  '2026-02-30',
  '2026-02-30T10:00',
  '2026-13-01',
  '2026-11-28T25:00',
  '28.11.2026',
  '2026-11-28 09:30',
])('%j is no time', (text) => {
  expect(() => parseTime(text, 'since')).toThrow('is not a time: 2026-11-28, or 2026-11-28T09:30:00Z');
});
