import { describe, expect, it } from 'vitest';
import { GuessLimit } from '../../../src/api/access/guess-limit.ts';

describe('wrong tokens', () => {
  const guess = (limit: GuessLimit, address: string, count: number) =>
    Array.from({ length: count }, (_, index) => limit.count(address, `token ${index}`));

  it('are too many when 20 different ones came from one address within a minute', () => {
    let now = 0;
    const limit = new GuessLimit(() => now);
    expect(guess(limit, 'a', 19)).not.toContain(true);
    expect(limit.isReached('a')).toBe(false);
    expect(limit.count('a', 'the last')).toBe(true);
    expect(limit.isReached('a')).toBe(true);
    expect(limit.isReached('b')).toBe(false);
    now = 59_999;
    expect(limit.isReached('a')).toBe(true);
    now = 60_000;
    expect(limit.isReached('a')).toBe(false);
  });

  it('are no guesses where the same comes again and again', () => {
    const limit = new GuessLimit(() => 0);
    for (let time = 0; time < 100; time++) limit.count('a', 'revoked');
    expect(limit.isReached('a')).toBe(false);
  });

  it('are remembered of a thousand addresses', () => {
    const limit = new GuessLimit(() => 0);
    guess(limit, 'first', 20);
    guess(limit, 'second', 20);
    for (let address = 0; address < 999; address++) limit.count(`address ${address}`, 'x');
    expect(limit.isReached('first')).toBe(false);
    expect(limit.isReached('second')).toBe(true);
  });
});
