import { expect, it } from 'vitest';
import { makeApproval, makePipeline, makeStage, runJob } from '../configs.ts';
import { describeWorlds, type OpenWorld } from '../describe-worlds.ts';
import { Hands } from '../hands.ts';
import { person, type World } from '../world.ts';

const [alice, bob, carol] = [person('alice'), person('bob'), person('carol')];

function guarded(changes: Parameters<typeof makeApproval>[0] = {}) {
  const approval = makeApproval({ by: ['alice'], ...changes });
  return makePipeline('p', {
    stages: [makeStage('build'), makeStage('live', [runJob('one'), runJob('two')], approval)],
  });
}

/** A world in which run 1 has been let into `live` by alice (and carol), and has passed it. */
async function pass(open: OpenWorld, changes: Parameters<typeof makeApproval>[0] = {}) {
  const world = await open(guarded(changes));
  const hands = new Hands(world);
  await world.publish('a', ['1.0.0']);
  await hands.pass('p/1/build');
  await world.approve('p/1/live', { actor: alice });
  await world.approve('p/1/live', { actor: carol });
  await hands.pass('p/1/live');
  return { world, hands };
}

/** The newest attempt at a stage of a run, as `2 waiting`. */
async function seeStage(world: World, name = 'live', run = 0): Promise<string> {
  const stage = (await world.runs())[run]?.stages.findLast((one) => one.name === name);
  return `${stage?.counter} ${stage?.status}`;
}

async function reasons(world: World): Promise<readonly string[]> {
  return (await world.decisions()).map(({ outcome, reason }) => `${outcome}: ${reason}`);
}

describeWorlds('a rerun of a stage that needs approval', (open) => {
  it('asks for approval anew, where whoever asks could not give it', async () => {
    const { world } = await pass(open);
    expect((await world.rerun('p/1/live', { actor: bob })).refusal).toBeUndefined();
    expect(await seeStage(world)).toBe('2 waiting');
    expect((await world.summary())[0]).toBe('1 a@1.0.0 waiting');
    expect(await world.claim()).toEqual([]);
    expect((await world.approve('p/1/live', { actor: bob })).refusal?.code).toBe('not-approver');
    expect((await reasons(world)).slice(-3)).toEqual([
      'waits: bob had run 1 do live again, which asks for approval anew',
      'waits: run 1 waits for approval to enter live: alice',
      'refused: bob is none of those who may approve: alice',
    ]);
    await world.approve('p/1/live', { actor: alice });
    expect(await seeStage(world)).toBe('2 running');
  });

  it('of its failed jobs asks anew, too', async () => {
    const { world, hands } = await pass(open);
    await world.rerun('p/1/live', { actor: alice });
    await hands.pass('p/1/live/one');
    await hands.fail('p/1/live/two');
    await world.rerun('p/1/live', { actor: bob, failedJobsOnly: true });
    expect(await seeStage(world)).toBe('3 waiting');
    await world.approve('p/1/live', { actor: alice });
    expect(await hands.take()).toEqual(['p/1/live/two']);
  });

  it('is entered at once by whoever could approve it alone, and is on record as their approval', async () => {
    const { world } = await pass(open);
    expect(await world.rerun('p/1/live', { actor: alice, comment: 'back' })).toMatchObject({
      isApproval: true,
    });
    expect(await seeStage(world)).toBe('2 running');
    expect((await world.runs())[0]?.stages.at(-1)?.approvals).toMatchObject([
      { person: 'alice', verdict: 'approved', comment: 'back' },
    ]);
    expect(await reasons(world)).toContain(
      'started: alice had run 1 do live again, and so approved it: back',
    );
  });

  it('asks anew where more than one person must approve, whoever asks', async () => {
    const { world } = await pass(open, { by: ['alice', 'carol'], required: 2 });
    expect(await world.rerun('p/1/live', { actor: { ...alice, roles: ['admin'] } })).toMatchObject({
      isApproval: false,
    });
    expect(await seeStage(world)).toBe('2 waiting');
    await world.approve('p/1/live', { actor: alice });
    expect(await seeStage(world)).toBe('2 waiting');
    await world.approve('p/1/live', { actor: carol });
    expect(await seeStage(world)).toBe('2 running');
  });

  it('asks anew where whoever asks had triggered the run, and notSelf asks for somebody else', async () => {
    const world = await open(guarded({ by: ['alice', 'carol'], notSelf: true }));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0'], []);
    await world.trigger('p', { actor: alice });
    await hands.pass('p/1/build');
    await world.approve('p/1/live', { actor: carol });
    await hands.pass('p/1/live');
    await world.rerun('p/1/live', { actor: alice });
    expect(await seeStage(world)).toBe('2 waiting');
  });

  it('asks anew those whom the pipeline names for approvals', async () => {
    const access = { view: undefined, operate: undefined, approve: ['carol'] };
    const world = await open({ ...guarded({ by: [] }), access });
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('p/1/build');
    await world.approve('p/1/live', { actor: carol });
    await hands.pass('p/1/live');
    await world.rerun('p/1/live', { actor: alice });
    expect(await seeStage(world)).toBe('2 waiting');
  });

  it('waits while the pipeline is paused, also where whoever asks could approve it', async () => {
    const { world } = await pass(open);
    await world.pause('p', 'release week');
    await world.rerun('p/1/live', { actor: alice });
    expect(await seeStage(world)).toBe('2 pending');
    expect(await world.claim()).toEqual([]);
    expect((await reasons(world)).at(-1)).toBe(
      'waits: run 1 does not enter live yet: the pipeline is paused: release week',
    );
    await world.pause('p', null);
    expect(await seeStage(world)).toBe('2 running');
  });

  it('that waits for its turn does not slip in during a pause either', async () => {
    const { world, hands } = await pass(open);
    await world.publish('a', ['2.0.0']);
    await hands.pass('p/2/build');
    await world.approve('p/2/live', { actor: alice });
    await world.rerun('p/1/live', { actor: alice });
    await world.pause('p', 'release week');
    await hands.pass('p/2/live');
    expect(await seeStage(world)).toBe('2 pending');
  });

  it('after somebody rejected it asks for approval anew', async () => {
    const world = await open(guarded());
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('p/1/build');
    await world.reject('p/1/live', 'no', { actor: alice });
    await world.rerun('p/1/live', { actor: bob });
    expect(await seeStage(world)).toBe('2 waiting');
  });

  it('of the stage before flows on to where approval is asked for anew', async () => {
    const { world, hands } = await pass(open);
    await world.rerun('p/1/build', { actor: bob });
    await hands.pass('p/1/build');
    expect(await seeStage(world)).toBe('2 waiting');
    expect((await world.runs())[0]?.stages.at(-1)?.approvals).toEqual([]);
  });

  it('of the stage before, while approvals are gathered, drops those that were given', async () => {
    const world = await open(guarded({ by: ['alice', 'carol'], required: 2 }));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('p/1/build');
    await world.approve('p/1/live', { actor: alice });
    await world.rerun('p/1/build', { actor: bob });
    await hands.pass('p/1/build');
    await world.approve('p/1/live', { actor: carol });
    expect(await seeStage(world)).toBe('2 waiting');
  });
});

describeWorlds('a rerun of a stage that nobody approves', (open) => {
  it('waits while the pipeline is paused', async () => {
    const world = await open(makePipeline('p'));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('p/1/build', 'p/1/deploy');
    await world.pause('p', 'release week');
    await world.rerun('p/1/deploy', { actor: bob });
    expect(await seeStage(world, 'deploy')).toBe('2 pending');
    await world.pause('p', null);
    expect(await seeStage(world, 'deploy')).toBe('2 running');
  });

  it('asks for approval where the configuration in force asks for it by now', async () => {
    const world = await open(makePipeline('p', { stages: [makeStage('build'), makeStage('live')] }));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('p/1/build', 'p/1/live');
    await world.adopt([guarded()]);
    await world.rerun('p/1/live', { actor: bob });
    expect(await seeStage(world)).toBe('2 waiting');
  });
});
