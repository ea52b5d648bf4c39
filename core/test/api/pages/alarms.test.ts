import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeSqlite } from '../../../../test/support/stores.ts';
import type { Actor } from '../../../src/engine/actor.ts';
import { listenTo, makeApproval, makePipeline, makeStage, runJob } from '../../engine/configs.ts';
import { Desk, toTokens } from '../../engine/machine/desk.ts';
import { person, World } from '../../engine/world.ts';

const alice = person('alice');
const victor: Actor = { name: 'victor', person: 'victor', roles: ['viewer'] };
const people = [alice, victor];
const approval = makeApproval({ by: ['alice'] });
const asking = makePipeline('p', {
  materials: [listenTo('a', 'every'), listenTo('b', 'manual')],
  stages: [makeStage('build'), makeStage('live', [runJob('work')], approval)],
});
const facts = { version: '1.0.0', digests: { sha256: 'new' } };

const wrongs = [
  [
    'other bytes',
    { state: 'republished', unacknowledged: true },
    'was published again with other bytes',
    'other bytes',
  ],
  ['withdrawn', { state: 'withdrawn' }, 'was withdrawn from its repository', 'withdrawn'],
  ['missing', { missingSince: 1 }, 'is missing from the last answer', 'missing from the last answer'],
  ['deprecated', { facts: { ...facts, standing: 'deprecated' } }, 'is deprecated by now', 'deprecated'],
  ['yanked', { facts: { ...facts, standing: 'yanked' } }, 'was yanked', 'yanked'],
] as const;

/** What people read. */
function readText(html: string): string {
  return html.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ');
}

describeSqlite('pages, about a version that is not what it was', (place) => {
  let world: World;
  let desk: Desk;
  beforeAll(async () => {
    world = await World.open(await place(), []);
    desk = await Desk.open(world, people);
  });
  beforeEach(async () => {
    await world.clear([asking], { access: { tokens: toTokens(people) } });
    await world.publish('b', ['7.0.0']);
    await world.publish('a', ['1.0.0']);
    await world.work();
  });
  afterAll(async () => {
    await desk?.close();
    await world?.close();
  });

  const see = async (path: string) => readText(await desk.see(alice, path));

  it.each(wrongs)('tell that it is %s wherever somebody acts on it', async (_, patch, sentence, mark) => {
    const pages = ['/', '/pipelines/p/runs/1', '/pipelines/p/runs/1/stages/live/approve'];
    const board = '/repositories/npmjs/packages/a/board';
    for (const path of [...pages, board]) expect(await see(path)).not.toContain(mark);
    await world.amend('a', '1.0.0', patch);
    for (const path of pages)
      expect([path, await see(path)]).toEqual([path, expect.stringContaining(`a 1.0.0 ${sentence}`)]);
    expect(await see(board)).toContain(mark);
    expect(await see('/pipelines/p/trigger')).toContain(`1.0.0 (${mark})`);
  });

  it('tell on the board what else a run carries', async () => {
    await world.amend('b', '7.0.0', { state: 'withdrawn' });
    expect(await see('/repositories/npmjs/packages/a/board')).toContain(
      'npmjs/b 7.0.0 was withdrawn from its repository',
    );
  });

  it('show the digest that was replaced beside the new one, to those who are to acknowledge it', async () => {
    const patch = {
      state: 'republished',
      unacknowledged: true,
      facts,
      replaced: { sha256: 'd1.0.0' },
    } as const;
    await world.amend('a', '1.0.0', patch);
    const page = await see('/repositories/npmjs/packages/a/acknowledge?version=1.0.0');
    expect(page).toMatch(/Old digest ?sha256:d1\.0\.0 ?New digest ?sha256:new/);
  });

  it('are joined by the API: runs, boards, and what waits for approval', async () => {
    await world.amend('a', '1.0.0', { state: 'withdrawn' });
    const alarms = [{ kind: 'withdrawn', package: 'npmjs/a', version: '1.0.0' }];
    const read = async (path: string, actor: Actor = alice) =>
      JSON.parse(await desk.see(actor, `/api/v1${path}`));
    expect(await read('/pipelines/p/runs/1')).toMatchObject({ alarms });
    expect(await read('/pipelines/p/runs')).toMatchObject({ items: [{ alarms }] });
    expect(await read('/repositories/npmjs/packages/a/board')).toMatchObject({ items: [{ alarms }] });
    const waiting = { pipeline: 'p', counter: 1, stage: 'live', stageCounter: 1, alarms, approvals: [] };
    expect(await read('/approvals')).toMatchObject({ items: [{ ...waiting, mayApprove: true }], next: null });
    expect(await read('/approvals', victor)).toMatchObject({ items: [{ ...waiting, mayApprove: false }] });
    await world.adopt([{ ...asking, access: { view: ['alice'], operate: ['alice'], approve: undefined } }], {
      access: { tokens: toTokens(people) },
    });
    expect(await read('/approvals', victor)).toEqual({ items: [], next: null });
  });
});
