import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findConfirmMs, findFirstPoll, findNextPoll, findRetry, isCron } from '../../src/polling/schedule.ts';

const minuteMs = 60_000;
const now = Date.parse('2026-01-01T00:00:30Z');
const at = (repository: string, count = 1, when = now) => ({ repository, count, timezone: 'UTC', now: when });
const every = { everyMs: minuteMs };

afterEach(() => {
  vi.useRealTimers();
});

describe('a schedule', () => {
  it('polls at the same moment of every interval, after every restart, always in the future', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 1_000, max: 86_400_000 }),
        fc.nat(10_000_000),
        (name, everyMs, elapsed) => {
          const first = findNextPoll({ everyMs }, at(name)) ?? 0;
          const later = findNextPoll({ everyMs }, at(name, 1, now + elapsed)) ?? 0;
          expect(first).toBeGreaterThan(now);
          expect(first).toBeLessThanOrEqual(now + everyMs);
          expect(later).toBeGreaterThan(now + elapsed);
          expect((later - first) % everyMs).toBe(0);
        },
      ),
    );
  });

  it('spreads a thousand repositories over the interval, and over many seconds at the start', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `repository-${index}`);
    for (const find of [findNextPoll, findFirstPoll]) {
      const seconds = Map.groupBy(names, (name) =>
        Math.floor((find(every, at(name, names.length)) ?? 0) / 1000),
      );
      expect(seconds.size).toBeGreaterThan(45);
      expect(Math.max(...[...seconds.values()].map((some) => some.length))).toBeLessThan(50);
    }
  });

  it('begins a single repository at once', () => {
    expect(findFirstPoll(every, at('npmjs'))).toBe(now);
  });

  it('follows cron in its timezone, daylight saving included', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-03-28T12:00:00Z') });
    const cron = { cron: '30 3 * * *' };
    const occasion = { ...at('npmjs', 1, Date.now()), timezone: 'Europe/Berlin' };
    expect(findNextPoll(cron, occasion)).toBe(Date.parse('2026-03-29T01:30:00Z'));
    expect(findFirstPoll(cron, occasion)).toBe(Date.parse('2026-03-29T01:30:00Z'));
  });

  it('never polls by itself where it is manual', () => {
    expect(findNextPoll({ manual: true }, at('npmjs'))).toBeUndefined();
    expect(findFirstPoll({ manual: true }, at('npmjs'))).toBeUndefined();
    expect(findRetry({ manual: true }, 1, now, Math.random)).toBeUndefined();
  });

  it('knows cron from what only looks like it, or never comes', () => {
    expect(['*/5 * * * *', '0 3 * * 1-5', '*/10 * * * * *'].map((one) => isCron(one, 'UTC'))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['61 * * * *', 'daily', '', '0 0 31 2 *'].map((one) => isCron(one, 'UTC'))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(isCron('0 3 * * *', 'Mars/Olympus')).toBe(false);
  });
});

describe('back-off', () => {
  it('differs by chance, up to a quarter', () => {
    expect(findRetry(every, 1, now, () => 0)).toBe(now + 45_000);
    expect(findRetry(every, 1, now, () => 0.5)).toBe(now + 52_500);
    expect(findRetry(every, 3, now, () => 0)).toBe(now + 180_000);
  });

  it('doubles with jitter up to fifteen minutes, or the interval if that is longer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 86_400_000 }),
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (everyMs, failures, share) => {
          const waitMs = (findRetry({ everyMs }, failures, now, () => share) ?? 0) - now;
          const wantedMs = Math.min(
            Math.min(everyMs, minuteMs) * 2 ** (failures - 1),
            Math.max(everyMs, 15 * minuteMs),
          );
          expect(waitMs).toBeGreaterThanOrEqual(wantedMs * 0.75 - 1);
          expect(waitMs).toBeLessThanOrEqual(wantedMs);
        },
      ),
    );
  });
});

describe('two answers that confirm each other', () => {
  it('are an interval apart, less what a timer may be early', () => {
    expect(findConfirmMs(every)).toBe(54_000);
    expect(findConfirmMs({ manual: true })).toBe(54_000);
    expect(findConfirmMs({ cron: '* * * * *' })).toBe(54_000);
  });
});
