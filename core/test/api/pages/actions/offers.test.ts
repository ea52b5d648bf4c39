import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeSqlite } from '../../../../../test/support/stores.ts';
import type { PipelineConfig } from '../../../../src/config/config.ts';
import type { Actor } from '../../../../src/engine/actor.ts';
import { beginHold, endHold } from '../../../../src/store/hold.ts';
import { listenTo, makeApproval, makePipeline, makeStage, runJob } from '../../../engine/configs.ts';
import { Hands } from '../../../engine/hands.ts';
import { Desk, toTokens } from '../../../engine/machine/desk.ts';
import { person, World } from '../../../engine/world.ts';

const [alice, bob] = [person('alice'), person('bob')];
const admin: Actor = { name: 'root', person: 'root', roles: ['admin'] };
const viewer: Actor = { name: 'victor', person: 'victor', roles: ['viewer'] };
const people = [alice, bob, admin, viewer];
const access = { tokens: toTokens(people) };
const jobs = [runJob('one'), runJob('two')];

function guarded(changes: Parameters<typeof makeApproval>[0] = {}): PipelineConfig {
  return makePipeline('p', {
    materials: [listenTo('a', 'every')],
    stages: [makeStage('build'), makeStage('live', jobs, makeApproval({ by: ['alice'], ...changes }))],
  });
}

/** What the addresses of the pages of offers end in, and what the API is asked for each. */
const actions = {
  approve: ['approve', {}],
  reject: ['reject', { comment: 'no' }],
  rerun: ['rerun', {}],
  'rerun-failed': ['rerun', { failedJobsOnly: true }],
  cancel: ['cancel', {}],
} as const;

/** How run 1 comes to stand, in a world with nothing in it yet. */
const stories: Readonly<Record<string, (world: World, hands: Hands) => Promise<void>>> = {
  async 'waits for approval'(world) {
    await world.work();
    await world.look();
  },
  async 'waits for the second of two approvals, one is given'(world) {
    await world.adopt([guarded({ by: ['alice', 'bob'], required: 2 })], { access });
    await world.work();
    await world.approve('p/1/live', { actor: alice });
  },
  async 'waits for approval, and whom it asks has changed'(world) {
    await world.work();
    await world.adopt([guarded({ by: ['bob'] })], { access });
  },
  async 'waits for approval that has expired'(world) {
    await world.adopt([guarded({ expiresMs: 1_000 })], { access });
    await world.work();
    world.setClock(world.clock + 5_000);
  },
  async 'waits for approval of a stage that the configuration has no more'(world) {
    await world.work();
    await world.adopt([makePipeline('p', { stages: [makeStage('build')] })], { access });
  },
  async 'waits for approval, and alice triggered it, where notSelf is asked for'(world) {
    await world.adopt([guarded({ notSelf: true, by: [] })], { access });
    await world.work();
    await world.store.transact((tx) => tx.db.updateTable('run').set({ person: 'alice' }).execute());
  },
  async 'waits for its turn'(world, hands) {
    await world.adopt([guarded({ window: { cron: '0 0 1 1 *', forMs: 1_000 } })], { access });
    await hands.pass('p/1/build');
    await world.approve('p/1/live', { actor: alice });
  },
  async 'is in the stage'(world, hands) {
    await hands.pass('p/1/build');
    await world.approve('p/1/live', { actor: alice });
  },
  async 'is being cancelled'(world, hands) {
    await hands.pass('p/1/build');
    await world.approve('p/1/live', { actor: alice });
    await hands.take();
    await world.cancel('p/1/live');
  },
  async 'has passed the stage'(world, hands) {
    await hands.pass('p/1/build');
    await world.approve('p/1/live', { actor: alice });
    await hands.pass('p/1/live');
  },
  async 'has failed in the stage'(world, hands) {
    await hands.pass('p/1/build');
    await world.approve('p/1/live', { actor: alice });
    await hands.pass('p/1/live/one');
    await hands.fail('p/1/live/two');
  },
  async 'has failed before the stage'(_, hands) {
    await hands.fail('p/1/build');
  },
};

describeSqlite('what pages offer', (place) => {
  let world: World;
  let desk: Desk;
  beforeAll(async () => {
    world = await World.open(await place(), []);
    desk = await Desk.open(world, people);
  });
  afterAll(async () => {
    await desk?.close();
    await world?.close();
  });

  async function tell(story: string): Promise<void> {
    await world.clear([guarded()], { access });
    await world.publish('a', ['1.0.0']);
    await stories[story]?.(world, new Hands(world));
  }

  /** What a page offers somebody to do to `live` of run 1. */
  async function listOffered(actor: Actor, path: string): Promise<readonly string[]> {
    const links = (await desk.see(actor, path)).matchAll(/runs\/1\/stages\/live\/([a-z-]+)"/g);
    return [...links].map(([, name = '']) => name).toSorted();
  }

  async function listGranted(actor: Actor, story: string): Promise<readonly string[]> {
    const granted: string[] = [];
    for (const [name, [action, body]] of Object.entries(actions)) {
      await tell(story);
      if ((await desk.ask(actor, `p/runs/1/stages/live/${action}`, body)).refusal === undefined)
        granted.push(name);
    }
    return granted.toSorted();
  }

  it.each(Object.keys(stories))(
    'is what the API grants, where a run %s',
    { timeout: 60_000 },
    async (story) => {
      for (const actor of people) {
        await tell(story);
        const ofRun = await listOffered(actor, '/pipelines/p/runs/1');
        const ofHome = await listOffered(actor, '/');
        const granted = await listGranted(actor, story);
        expect([actor.name, ofRun]).toEqual([actor.name, granted]);
        expect([actor.name, ofHome]).toEqual([
          actor.name,
          granted.filter((name) => name === 'approve' || name === 'reject'),
        ]);
      }
    },
  );

  it('is no start of a run while the pipeline is paused, or all starts are held', async () => {
    await tell('has passed the stage');
    const offers = async () => (await desk.see(alice, '/pipelines/p')).includes('/pipelines/p/trigger"');
    const sends = async () =>
      (await desk.see(alice, '/repositories/npmjs/packages/a/board')).includes('/pipelines/p/trigger?');
    await world.publish('a', ['2.0.0'], []);
    expect([await offers(), await sends()]).toEqual([true, true]);
    await world.pause('p', 'release week');
    expect([await offers(), await sends()]).toEqual([false, false]);
    await world.pause('p', null);
    await world.store.transact((tx) => beginHold(tx, { since: 1, reason: 'as after a restore' }));
    expect([await offers(), await sends()]).toEqual([false, false]);
    await world.store.transact(endHold);
  });

  it('is on the board what the API grants, one thing a level', { timeout: 60_000 }, async () => {
    const offered: Record<string, readonly string[]> = {};
    for (const story of Object.keys(stories)) {
      for (const actor of [alice, bob]) {
        await tell(story);
        const ofBoard = await listOffered(actor, '/repositories/npmjs/packages/a/board');
        if (ofBoard.length > 0) offered[`${story}: ${actor.name}`] = ofBoard;
      }
    }
    expect(offered).toEqual({
      'waits for approval: alice': ['approve'],
      'waits for the second of two approvals, one is given: bob': ['approve'],
      'waits for approval, and whom it asks has changed: bob': ['approve'],
      'waits for approval, and alice triggered it, where notSelf is asked for: bob': ['approve'],
      'has failed in the stage: alice': ['rerun'],
      'has failed in the stage: bob': ['rerun'],
    });
  });
});
