import { expect, it } from 'vitest';
import type { AccessConfig, TokenConfig } from '../../../src/config/access.ts';
import { activateConfiguration } from '../../../src/store/nodes.ts';
import { listenTo, makeApproval, makePipeline, makeStage, runJob } from '../configs.ts';
import { describeWorlds } from '../describe-worlds.ts';
import { Hands } from '../hands.ts';
import { person, type World } from '../world.ts';

const [alice, bob] = [person('alice'), person('bob')];
const second = 1_000;
/** A window that does not open. */
const shut = { cron: '0 0 1 1 *', forMs: second };

function guarded(changes: Parameters<typeof makeApproval>[0] = {}) {
  return makePipeline('p', {
    stages: [makeStage('build'), makeStage('live', [runJob('work')], makeApproval(changes))],
  });
}

const automatic = makePipeline('p', { stages: [makeStage('build'), makeStage('live')] });

function tokens(...names: readonly string[]): { readonly access: AccessConfig } {
  const known = names.map((text): [string, TokenConfig] => {
    const [name = '', role = 'operator'] = text.split(' ');
    return [name, { name, person: name, roles: [role], sha256: [], expiresAt: undefined }];
  });
  return { access: { tokens: new Map(known) } };
}

/** The newest attempt at `live` of run 1. */
async function seeLive(world: World): Promise<string | undefined> {
  return (await world.runs())[0]?.stages.findLast(({ name }) => name === 'live')?.status;
}

async function lastReason(world: World): Promise<string | undefined> {
  return (await world.decisions()).at(-1)?.reason;
}

describeWorlds('who approves', (open) => {
  async function wait(pipeline = guarded({ by: ['alice'] })) {
    const world = await open(pipeline);
    await world.publish('a', ['1.0.0']);
    await world.work();
    return world;
  }

  it('is said by the configuration in force, not by that which the run began with', async () => {
    const world = await wait();
    await world.adopt([guarded({ by: ['bob'] })]);
    expect((await world.approve('p/1/live', { actor: alice })).refusal).toMatchObject({
      code: 'not-approver',
      facts: { by: 'alice', who: ['bob'] },
    });
    expect((await world.reject('p/1/live', 'no', { actor: alice })).refusal?.code).toBe('not-approver');
    await world.approve('p/1/live', { actor: bob });
    expect(await seeLive(world)).toBe('running');
  });

  it('is not whoever triggered the run, from when notSelf is asked for', async () => {
    const world = await open(guarded());
    await world.publish('a', ['1.0.0'], []);
    await world.trigger('p', { actor: alice });
    await world.work();
    await world.adopt([guarded({ notSelf: true })]);
    expect((await world.approve('p/1/live', { actor: alice })).refusal?.code).toBe('not-self');
  });

  it('is nobody where the configuration has the stage no more, and the run is not let in', async () => {
    const world = await wait();
    await world.adopt([makePipeline('p', { stages: [makeStage('build')] })]);
    expect(await seeLive(world)).toBe('waiting');
    for (const { refusal } of [
      await world.approve('p/1/live', { actor: { ...alice, roles: ['admin'] } }),
      await world.reject('p/1/live', 'no', { actor: alice }),
    ]) {
      expect(refusal).toMatchObject({
        code: 'stage-gone',
      });
    }
    expect((await world.cancel('p/1/live', { actor: bob })).refusal).toBeUndefined();
    expect((await world.rerun('p/1/live', { actor: alice })).refusal?.code).toBe('stage-gone');
    expect((await world.summary())[0]).toBe('1 a@1.0.0 cancelled');
  });

  it('is not judged by a node with another configuration than the one in force', async () => {
    const world = await wait();
    await world.store.transact((tx) => activateConfiguration(tx, 'other', 'another', world.now()));
    expect((await world.approve('p/1/live', { actor: alice })).refusal?.code).toBe('configuration-replaced');
  });
});

describeWorlds('how a run is let in', (open) => {
  it('follows the number of persons and the time that are asked for now', async () => {
    const world = await open(guarded({ required: 2 }));
    await world.publish('a', ['1.0.0']);
    await world.work();
    await world.approve('p/1/live', { actor: alice });
    const begun = world.clock;
    await world.adopt([guarded({ required: 3, expiresMs: 60 * second })]);
    await world.approve('p/1/live', { actor: bob });
    expect(await lastReason(world)).toBe('bob approved run 1 for live; 2 of 3 persons have');
    await world.adopt([guarded({ required: 3 })]);
    world.setClock(begun + 90 * second);
    await world.look();
    expect(await seeLive(world)).toBe('waiting');
    await world.adopt([guarded({ required: 2, expiresMs: 3_600 * second })]);
    expect(await seeLive(world)).toBe('running');
    expect((await world.decisions()).map(({ reason }) => reason)).toContain(
      'run 1 needs no more approvals for live, as the configuration is now',
    );
  });

  it('expires by what is configured now', async () => {
    const world = await open(guarded());
    await world.publish('a', ['1.0.0']);
    await world.work();
    await world.adopt([guarded({ expiresMs: 60 * second })]);
    expect((await world.runs())[0]?.stages[1]?.expiresAt).toEqual(expect.any(Number));
    world.setClock(world.clock + 61 * second);
    await world.look();
    expect(await seeLive(world)).toBe('cancelled');
  });

  it('asks nobody any more, once the stage is passed automatically', async () => {
    const world = await open(guarded());
    await world.publish('a', ['1.0.0']);
    await world.work();
    await world.adopt([automatic]);
    expect(await seeLive(world)).toBe('running');
  });

  it('asks people for a run that waits for its turn, once the stage needs approval', async () => {
    const world = await open({ ...automatic, materials: [listenTo('a', 'every')] });
    await world.publish('a', ['1.0.0']);
    await world.pause('p', 'wait');
    await world.work();
    await world.pause('p', null);
    expect(await seeLive(world)).toBe('running');
    await world.publish('a', ['2.0.0']);
    const hands = new Hands(world);
    await hands.take();
    await hands.pass('p/2/build');
    await world.adopt([guarded({ by: ['bob'] })]);
    expect((await world.runs())[1]?.status).toBe('waiting');
    await hands.pass('p/1/live');
    expect((await world.runs())[1]?.stages.at(-1)?.status).toBe('waiting');
    await world.approve('p/2/live', { actor: bob });
    expect((await world.runs())[1]?.stages.at(-1)?.status).toBe('running');
  });

  it('goes by the window that is configured now', async () => {
    const world = await open(guarded({ window: shut }));
    await world.publish('a', ['1.0.0']);
    await world.work();
    await world.approve('p/1/live', { actor: alice });
    expect(await seeLive(world)).toBe('pending');
    await world.adopt([guarded()]);
    expect(await seeLive(world)).toBe('running');
  });

  it('does not go through a stage that the configuration has no more; others pass it by', async () => {
    const world = await open(makePipeline('p', { materials: [listenTo('a', 'every')] }));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await world.adopt([makePipeline('p', { stages: [makeStage('build'), makeStage('ship')] })]);
    await hands.pass('p/1/build');
    expect(await lastReason(world)).toBe(
      'run 1 does not enter deploy: the configuration has no such stage in p any more; cancel it, or put the stage back',
    );
    await world.publish('a', ['2.0.0']);
    await hands.pass('p/2/build', 'p/2/ship');
    expect(await world.summary()).toEqual(['1 a@1.0.0 running', '2 a@2.0.0 passed']);
    await world.adopt([makePipeline('p')]);
    await hands.pass('p/1/deploy');
    expect((await world.summary())[0]).toBe('1 a@1.0.0 passed');
  });

  it('starts other runs although one waits for a first stage that the configuration has no more', async () => {
    const world = await open(makePipeline('p', { stages: [makeStage('build')] }));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('p/1/build');
    await world.pause('p', 'wait');
    await world.rerun('p/1/build');
    await world.adopt([makePipeline('p', { stages: [makeStage('compile')] })]);
    await world.pause('p', null);
    await world.publish('a', ['2.0.0']);
    expect(await world.summary()).toEqual(['1 a@1.0.0 pending', '2 a@2.0.0 running']);
  });

  it('is left to a node that has the configuration in force', async () => {
    const world = await open(automatic);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.take();
    await world.store.transact((tx) => activateConfiguration(tx, 'other', 'another', world.now()));
    await hands.pass('p/1/build');
    expect(await seeLive(world)).toBe('pending');
    await world.store.transact((tx) => activateConfiguration(tx, 'one', world.config.hash, world.now()));
    await world.look();
    expect(await seeLive(world)).toBe('running');
  });
});

describeWorlds('an approval given earlier', (open) => {
  /** Run 1 is approved by alice, and waits for its window. */
  async function approved(changes: Parameters<typeof makeApproval>[0] = {}) {
    const world = await open(guarded({ window: shut, ...changes }));
    await world.adopt([guarded({ window: shut, ...changes })], tokens('alice', 'bob'));
    await world.publish('a', ['1.0.0']);
    await world.work();
    await world.approve('p/1/live', { actor: alice });
    expect(await seeLive(world)).toBe('pending');
    return world;
  }

  it('counts no more once its giver is not named any more, and again when they are', async () => {
    const world = await approved({ by: ['alice'] });
    await world.adopt([guarded({ by: ['bob'] })], tokens('alice', 'bob'));
    expect(await seeLive(world)).toBe('waiting');
    expect(await lastReason(world)).toBe(
      'run 1 waits for approval to enter live: bob; what alice said counts no more: they may not approve it now',
    );
    await world.adopt([guarded({ by: ['alice'] })], tokens('alice', 'bob'));
    expect(await seeLive(world)).toBe('running');
  });

  it.each([
    ['the token is gone', tokens('bob')],
    ['the role that lets them operate is gone', tokens('alice viewer', 'bob')],
  ])('counts no more once %s', async (_, access) => {
    const world = await approved();
    await world.adopt([guarded()], access);
    expect(await seeLive(world)).toBe('waiting');
    await world.approve('p/1/live', { actor: bob });
    expect(await seeLive(world)).toBe('running');
  });

  it('counts no more once the pipeline lets others operate', async () => {
    const world = await approved();
    const access = { view: undefined, operate: ['bob'], approve: undefined };
    await world.adopt([{ ...guarded(), access }], tokens('alice', 'bob'));
    expect(await seeLive(world)).toBe('waiting');
  });

  it('counts while any token of the person could give it', async () => {
    const world = await approved({ by: ['alice'] });
    const spare = { name: 'spare', person: 'alice', roles: ['operator'], sha256: [], expiresAt: undefined };
    await world.adopt([guarded({ by: ['alice'] })], { access: { tokens: new Map([['spare', spare]]) } });
    expect(await seeLive(world)).toBe('running');
  });

  it('counts no more once the token has expired, without anything else happening', async () => {
    const world = await approved({ by: ['alice'] });
    const expiresAt = world.clock + 10 * second;
    const token = { name: 'alice', person: 'alice', roles: ['operator'], sha256: [], expiresAt };
    await world.adopt([guarded({ by: ['alice'], window: shut })], {
      access: { tokens: new Map([['alice', token]]) },
    });
    expect(await seeLive(world)).toBe('pending');
    world.setClock(expiresAt + second);
    await world.look();
    expect(await seeLive(world)).toBe('waiting');
  });
});
