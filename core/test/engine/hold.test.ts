import { expect, it } from 'vitest';
import { beginHold, readHold } from '../../src/store/hold.ts';
import { dropLeases } from '../../src/store/leases.ts';
import { leaveToNobody } from '../../src/store/leave-attempts.ts';
import { rememberWork } from '../../src/store/work-elsewhere.ts';
import { makeApproval, makePipeline, makeStage, runJob } from './configs.ts';
import { describeWorlds } from './describe-worlds.ts';
import { everyTenMinutes } from './machine/setting.ts';
import { sayRefusal } from './say-refusal.ts';
import type { World } from './world.ts';

const hold = (world: World) =>
  world.store.transact((tx) => beginHold(tx, { since: 1, reason: 'this store was restored' }));
const release = (world: World) => world.ask({ what: 'release' }, {});
const lastDecision = async (world: World) => (await world.decisions()).at(-1);
const why =
  'all starts are held: this store was restored; see what is right to go on with, then release them ("sluice release")';

describeWorlds('while all starts are held', (open) => {
  it('triggers wait, and each says why once; released, they start', async () => {
    const world = await open(makePipeline('p'));
    await hold(world);
    await world.publish('a', ['1.0.0']);
    await world.look();
    expect(await world.summary()).toEqual([]);
    expect(await world.decisions()).toMatchObject([{ outcome: 'held', reason: why }]);
    expect((await release(world)).refusal).toBeUndefined();
    expect(await world.summary()).toEqual(['1 a@1.0.0 running']);
    expect(await world.store.transact(readHold)).toBeUndefined();
    expect((await release(world)).refusal).toMatchObject({ code: 'not-held' });
  });

  it('nothing is triggered by hand', async () => {
    const world = await open(makePipeline('p'));
    await hold(world);
    await world.publish('a', ['1.0.0'], []);
    expect(sayRefusal(await world.trigger('p'))).toBe(why);
    expect(await world.summary()).toEqual([]);
  });

  it('a timer that comes stays due', async () => {
    const world = await open(makePipeline('p'));
    world.calendar = everyTenMinutes;
    await world.publish('a', ['1.0.0'], []);
    await world.adopt([makePipeline('p', { timer: { cron: '*/10 * * * *', onlyOnChanges: false } })]);
    await hold(world);
    world.setClock(world.clock + 3_600_000);
    await world.look();
    expect(await world.summary()).toEqual([]);
    expect(await lastDecision(world)).toMatchObject({
      outcome: 'waits',
      reason: `the timer came, and ${why}`,
    });
    await release(world);
    expect(await world.summary()).toEqual(['1 a@1.0.0 running']);
  });

  it('no run enters a stage, approved or not; released, it does', async () => {
    const stages = [
      makeStage('build'),
      makeStage('deploy', [runJob('work')], makeApproval({})),
      makeStage('after'),
    ];
    const world = await open(makePipeline('p', { stages }));
    await world.publish('a', ['1.0.0']);
    await world.work();
    await hold(world);
    expect((await world.approve('p/1/deploy')).refusal).toBeUndefined();
    expect(await world.work()).toEqual([]);
    expect((await lastDecision(world))?.reason).toBe(`run 1 does not enter deploy yet: ${why}`);
    await release(world);
    expect(await world.work()).toEqual(['p/1/deploy/work']);
  });

  it('a job that is due does not begin, and one that has begun is gone on with', async () => {
    const world = await open(
      makePipeline('p', { stages: [makeStage('build', [runJob('one'), runJob('two')])] }),
    );
    await world.publish('a', ['1.0.0']);
    const [begun] = await world.claim('one', { room: 1 });
    await hold(world);
    expect((await world.claim('one')).map(({ as, facts }) => [as, facts.job.name])).toEqual([
      ['adopted', begun?.facts.job.name],
    ]);
    await release(world);
    const inHand = begun ? [begun.lease.id] : [];
    expect((await world.claim('one', { inHand })).map(({ as }) => as)).toEqual(['anew']);
  });
});

describeWorlds('a job that had begun when the store was copied', (open) => {
  const restore = (world: World) =>
    world.store.transact(async (tx) => {
      await dropLeases(tx);
      await leaveToNobody(tx);
    });

  it('is in doubt, for the very node that began it, too', async () => {
    const world = await open(makePipeline('p', { stages: [makeStage('build', [runJob('one')])] }));
    await world.publish('a', ['1.0.0']);
    expect((await world.claim('one')).map(({ as }) => as)).toEqual(['anew']);
    await restore(world);
    expect((await world.claim('one')).map(({ as }) => as)).toEqual(['orphaned']);
  });

  it('is gone on with where another server has it', async () => {
    const world = await open(
      makePipeline('p', { stages: [makeStage('build', [runJob('asked'), runJob('begun')])] }),
    );
    await world.publish('a', ['1.0.0']);
    for (const { facts, lease } of await world.claim('one')) {
      const state = facts.job.name === 'begun' ? 'started' : 'asked';
      await world.store.transact(async (tx) => {
        await rememberWork(tx, lease, JSON.stringify({ state, since: 1, askedAt: 1 }), undefined);
        await tx.db.updateTable('attempt').set({ node: null }).where('id', '=', lease.id).execute();
      });
    }
    await restore(world);
    const claimed = (await world.claim('two')).map(({ as, facts }) => `${facts.job.name} ${as}`);
    expect(claimed.toSorted()).toEqual(['asked orphaned', 'begun adopted']);
  });
});
