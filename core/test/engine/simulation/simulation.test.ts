import { describe, expect, it } from 'vitest';
import { describeRounds } from '../../../../test/support/long.ts';
import type { ReasonCode } from '../../../src/domain/reason.ts';
import { seed } from '../rounds.ts';
import { faults } from './faults.ts';
import { findFirst, playWorlds } from './run-worlds.ts';
import { Tally } from './tally.ts';

const worlds = process.env['WORLDS'];
/** In how many worlds a fault is looked for at most. */
const mostWorlds = 300;

/** In so many worlds, one among many, each reason that can be reached is given at least once. */
const worldsForOne = 400;

/** Reasons that no world of these gives, and why. */
const unreachable: Readonly<Partial<Record<ReasonCode, string>>> = {
  'recorded-before': 'an earlier version of Sluice gave it',
  'not-operator': 'the API gives it, before anything happens',
  'poll-failed-first': 'the API gives it, after a poll',
  'cannot-pin': 'the API gives it, after a poll',
  'asks-nobody': 'who waits is let in by the same happening that makes an approval auto',
  'trigger-gone': 'what a pipeline does not hear any more is dropped by the happening that says so',
  'search-given-up': 'these worlds have fewer candidates than a search may look at',
  'no-set-found': 'these worlds have fewer candidates than a search may look at',
};

describeRounds({ few: 30, all: 8_000 }, (rounds, options) => {
  describe('the engine in memory', options, () => {
    it(`keeps the rules in ${worlds ?? rounds} random worlds`, async () => {
      const tally = new Tally();
      const count = Number(worlds ?? rounds);
      await playWorlds({ first: seed, count }, { tally });
      const isReachable = (code: ReasonCode) => unreachable[code] === undefined;
      const never = tally.listRarer(1).filter(isReachable);
      console.log(`SEED=${seed}: ${tally.describe()}; never given: ${never.join(', ') || 'none'}`);
      if (options.tags) expect(tally.listRarer(count / worldsForOne).filter(isReachable)).toEqual([]);
    });
  });
});

describe('a simulation', () => {
  it.each(Object.keys(faults))('shows it where %s', async (name) => {
    expect(await findFirst(faults[name] ?? {}, mostWorlds)).toEqual(expect.any(String));
  });

  it('finds nothing wrong in the same worlds without a fault', async () => {
    await playWorlds({ first: 1, count: 20 });
  });

  it('tells a short story of what is wrong, and how to see it again', async () => {
    const fault = faults['there is no floor'];
    const error = await playWorlds({ first: 1, count: mostWorlds }, { fault }).catch(
      (thrown: unknown) => thrown,
    );
    const told = error instanceof Error ? error.message.split('\n') : [];
    expect(told[0]).toMatch(/^SEED=\d+ WORLDS=1 repeats this story:$/);
    expect(told.at(-1)).toMatch(/is lower than/);
    expect(told.length).toBeLessThan(25);
  });
});
