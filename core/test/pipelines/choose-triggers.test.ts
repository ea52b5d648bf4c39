import { describe, expect, it } from 'vitest';
import { chooseTriggers } from '../../src/pipelines/choose-triggers.ts';
import type { WaitingTrigger } from '../../src/store/triggers.ts';

let ids = 0;
function wait(version: string, changes: Partial<WaitingTrigger> = {}): WaitingTrigger {
  const id = ++ids;
  const rest = { packageId: 1, package: 'npmjs/a', revisionId: id, move: 0, mode: 'latest', waits: null } as const;
  return { id, version, ...rest, rank: id, state: 'published', standing: 'ok', ...changes };
}

function summarise(waiting: readonly WaitingTrigger[], accepted: readonly 'deprecated'[] = []) {
  const { taken, superseded, held, later } = chooseTriggers(waiting, () => accepted);
  const versionsOf = (triggers: readonly WaitingTrigger[]) => triggers.map(({ version }) => version);
  return {
    taken: versionsOf(taken),
    superseded: superseded.map(({ trigger, by }) => `${trigger.version} by ${by.version}`),
    held: held.map(({ trigger, because }) => `${trigger.version} ${because}`),
    later: versionsOf(later),
  };
}

describe('choosing among waiting triggers', () => {
  it('takes the highest ranked of "latest", in whatever order they came', () => {
    const waiting = [wait('2', { rank: 9 }), wait('1', { rank: 3 }), wait('3', { rank: 5 })];
    expect(summarise(waiting)).toEqual({ taken: ['2'], superseded: ['1 by 2', '3 by 2'], held: [], later: [] });
  });

  it('goes by the last move where a pointer is followed, backwards too', () => {
    const waiting = [wait('2.0', { move: 1, rank: 9 }), wait('1.0', { move: 2, rank: 1 })];
    expect(summarise(waiting)).toMatchObject({ taken: ['1.0'], superseded: ['2.0 by 1.0'] });
  });

  it('takes the newest of each "latest" package', () => {
    const waiting = [wait('1'), wait('7', { packageId: 2 }), wait('2')];
    expect(summarise(waiting)).toMatchObject({ taken: ['2', '7'], superseded: ['1 by 2'] });
  });

  it('takes one of "every": of the package that waits longest the lowest ranked, beside the newest of "latest"', () => {
    const every = { mode: 'every' } as const;
    const waiting = [
      wait('1.1', { ...every, rank: 1 }),
      wait('7', { ...every, packageId: 2 }),
      wait('1.0', { ...every, rank: 0 }),
      wait('5', { packageId: 3 }),
    ];
    expect(summarise(waiting)).toEqual({ taken: ['1.0', '5'], superseded: [], held: [], later: ['1.1', '7'] });
  });

  it('passes by what is not as it was published, or of a standing that is not accepted', () => {
    const waiting = [
      wait('1'),
      wait('2', { state: 'withdrawn' }),
      wait('3', { state: 'republished' }),
      wait('4', { standing: 'deprecated' }),
    ];
    expect(summarise(waiting)).toEqual({
      taken: ['1'],
      superseded: [],
      held: ['2 withdrawn', '3 republished', '4 deprecated'],
      later: [],
    });
    expect(summarise(waiting, ['deprecated'])).toMatchObject({
      taken: ['4'],
      superseded: ['1 by 4', '2 by 4', '3 by 4'],
      held: [],
    });
  });

  it('does not let a held one of "every" keep the next from its turn', () => {
    const every = { mode: 'every' } as const;
    const waiting = [wait('1', { ...every, state: 'withdrawn' }), wait('2', every), wait('3', every)];
    expect(summarise(waiting)).toMatchObject({ taken: ['2'], held: ['1 withdrawn'], later: ['3'] });
  });
});
