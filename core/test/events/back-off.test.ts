import { describe, expect, it } from 'vitest';
import { findRetryTime } from '../../src/events/back-off.ts';

const retry = { firstMs: 5_000, maxMs: 60_000, giveUpMs: 600_000 };
const failed = { tries: 1, queuedAt: 0, now: 1_000, retryAfterMs: undefined, random: () => 1 };

describe('an event that was not taken', () => {
  it('is tried again after a time that doubles up to the longest', () => {
    const waits = [1, 2, 3, 4, 5, 30].map(
      (tries) => (findRetryTime(retry, { ...failed, tries }) ?? 0) - failed.now,
    );
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('half of which is left to chance', () => {
    expect(findRetryTime(retry, { ...failed, random: () => 0 })).toBe(3_500);
  });

  it('is left alone for as long as the receiver asks', () => {
    expect(findRetryTime(retry, { ...failed, retryAfterMs: 30_000 })).toBe(31_000);
    expect(findRetryTime(retry, { ...failed, retryAfterMs: 10 })).toBe(6_000);
  });

  it('is tried for the last time when it is time to give up, and then never', () => {
    expect(findRetryTime(retry, { ...failed, now: 599_000 })).toBe(600_000);
    expect(findRetryTime(retry, { ...failed, now: 600_000 })).toBeUndefined();
  });
});
