import { describe, expect, it } from 'vitest';
import { say } from '../../src/domain/reason.ts';
import type { WaitingPass, WaitingRevision, WaitingTrigger } from '../../src/domain/trigger.ts';
import { queueTriggers } from '../../src/engine/starts/queue-triggers.ts';

let ids = 0;
function wait(version: string, changes: Partial<WaitingRevision> = {}): WaitingRevision {
  const id = ++ids;
  const rest = {
    kind: 'revision',
    packageId: 1,
    package: 'npmjs/a',
    revisionId: id,
    move: 0,
    mode: 'latest',
    waits: null,
  } as const;
  return { id, version, ...rest, rank: id, state: 'published', standing: 'ok', ...changes };
}

function pass(counter: number, changes: Partial<WaitingPass> = {}): WaitingPass {
  const rest = {
    kind: 'pass',
    upstreamId: 1,
    upstream: 'build',
    stage: 'package',
    mode: 'latest',
    waits: null,
    isNewest: true,
  } as const;
  return { id: ++ids, counter, runId: counter, stageId: counter, ...rest, ...changes };
}

function summarise(
  waiting: readonly WaitingTrigger[],
  { accepted = [] as readonly 'deprecated'[], kept = 1 } = {},
) {
  const { next, superseded, held } = queueTriggers(waiting, () => accepted, kept);
  const name = (trigger: WaitingTrigger) =>
    trigger.kind === 'revision' ? trigger.version : `#${trigger.counter}`;
  return {
    next: next.map(name),
    superseded: superseded.map(({ trigger, reason }) => `${name(trigger)}: ${say(reason)}`),
    held: held.map(({ trigger, reason }) => `${name(trigger)}: ${say(reason)}`),
  };
}

const newer = (version: string) => `npmjs/a ${version} is newer, and starts in its place`;

describe('the queue of waiting triggers', () => {
  it('keeps the highest ranked of "latest", in whatever order they came', () => {
    const waiting = [wait('2', { rank: 9 }), wait('1', { rank: 3 }), wait('3', { rank: 5 })];
    expect(summarise(waiting)).toEqual({
      next: ['2'],
      superseded: [`1: ${newer('2')}`, `3: ${newer('2')}`],
      held: [],
    });
  });

  it('goes by the last move where a pointer is followed, backwards too', () => {
    const waiting = [wait('2.0', { move: 1, rank: 9 }), wait('1.0', { move: 2, rank: 1 })];
    expect(summarise(waiting)).toMatchObject({ next: ['1.0'], superseded: [`2.0: ${newer('1.0')}`] });
  });

  it('keeps the newest of each material', () => {
    const waiting = [wait('1'), wait('7', { packageId: 2, package: 'npmjs/b' }), wait('2'), pass(3), pass(4)];
    expect(summarise(waiting).next).toEqual(['2', '7', '#4']);
  });

  it('keeps several of "latest" where runs of other pipelines have to agree, newest first', () => {
    expect(summarise([pass(3), pass(5), pass(4), pass(6)], { kept: 3 })).toMatchObject({
      next: ['#6', '#5', '#4'],
      superseded: ['#3: build 6 is newer, and starts in its place'],
    });
  });

  it('has "every" before "latest": the material that waits longest, and of each the lowest first', () => {
    const every = { mode: 'every' } as const;
    const waiting = [
      wait('1.1', { ...every, rank: 1 }),
      wait('7', { ...every, packageId: 2, package: 'npmjs/b' }),
      wait('1.0', { ...every, rank: 0 }),
      wait('5', { packageId: 3, package: 'npmjs/c' }),
    ];
    expect(summarise(waiting)).toEqual({ next: ['1.0', '1.1', '7', '5'], superseded: [], held: [] });
  });

  it('passes by what is not as it was published, or of a standing that is not accepted', () => {
    const waiting = [
      wait('1'),
      wait('2', { state: 'withdrawn' }),
      wait('3', { state: 'republished' }),
      wait('4', { standing: 'deprecated' }),
    ];
    const held = (version: string, because: string) =>
      `${version}: npmjs/a ${version} is ${because}; it starts nothing for as long as it is`;
    expect(summarise(waiting)).toEqual({
      next: ['1'],
      superseded: [],
      held: [held('2', 'withdrawn'), held('3', 'republished'), held('4', 'deprecated')],
    });
    expect(summarise(waiting, { accepted: ['deprecated'] })).toEqual({
      next: ['4'],
      superseded: [1, 2, 3].map((version) => `${version}: ${newer('4')}`),
      held: [],
    });
  });

  it('lets go of a pass whose stage was run again', () => {
    expect(summarise([pass(3, { isNewest: false })])).toMatchObject({
      next: [],
      superseded: ['#3: build 3 was run again from package on; what comes of that decides'],
    });
  });
});
