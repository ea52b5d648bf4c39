import { expect, it } from 'vitest';
import { listenTo, makeApproval, makePipeline, makeStage, runJob } from './configs.ts';
import { describeWorlds } from './describe-worlds.ts';
import { Hands } from './hands.ts';
import { everyTenMinutes } from './machine/setting.ts';
import { sayRefusal } from './say-refusal.ts';
import { person, type World } from './world.ts';

const [alice, bob, carol] = [person('alice'), person('bob'), person('carol', 'qa')];
const second = 1_000;

/** Each stage's status by its newest attempt, of the newest run. */
async function stagesOf(world: World): Promise<string> {
  const stages = (await world.runs()).at(-1)?.stages ?? [];
  return stages.map(({ name, counter, status }) => `${name}.${counter} ${status}`).join(', ');
}

function approved(changes: Parameters<typeof makeApproval>[0] = {}) {
  return makePipeline('p', {
    stages: [makeStage('build'), makeStage('deploy', [runJob('work')], makeApproval(changes))],
  });
}

async function lastReason(world: World): Promise<string | undefined> {
  return (await world.decisions()).at(-1)?.reason;
}

describeWorlds('a manual approval', (open) => {
  it('is given by as many persons as are asked for, who are named or have a role, and shown', async () => {
    const world = await open(approved({ by: ['alice', 'role:qa'], required: 2 }));
    await world.publish('a', ['1.0.0']);
    await world.work();
    expect(await stagesOf(world)).toBe('build.1 passed, deploy.1 waiting');
    expect(sayRefusal(await world.approve('p/1/deploy', { actor: bob }))).toBe(
      'bob is none of those who may approve: alice, role:qa',
    );
    await world.approve('p/1/deploy', { actor: alice, comment: 'looks good' });
    const other = { ...alice, name: 'alice-laptop' };
    expect((await world.approve('p/1/deploy', { actor: other })).refusal?.code).toBe('approved-already');
    expect(await stagesOf(world)).toBe('build.1 passed, deploy.1 waiting');
    await world.approve('p/1/deploy', { actor: carol });
    expect(await stagesOf(world)).toBe('build.1 passed, deploy.1 running');
    expect((await world.runs())[0]?.stages[1]?.approvals).toMatchObject([
      { person: 'alice', verdict: 'approved', comment: 'looks good', at: expect.any(Number) },
      { person: 'carol', verdict: 'approved' },
    ]);
    expect((await world.decisions()).map(({ reason }) => reason)).toContain(
      'alice approved run 1 for deploy: looks good; 1 of 2 persons have',
    );
  });

  it('is not given by whoever triggered the run where notSelf asks for somebody else', async () => {
    const world = await open(approved({ notSelf: true }));
    await world.publish('a', ['1.0.0'], []);
    await world.trigger('p', { actor: alice });
    await world.work();
    const admin = { ...alice, roles: ['admin'] };
    expect((await world.approve('p/1/deploy', { actor: admin })).refusal?.code).toBe('not-self');
    expect((await world.approve('p/1/deploy', { actor: bob })).refusal).toBeUndefined();
  });

  it('may be refused with a reason, which ends the run', async () => {
    const world = await open(approved());
    await world.publish('a', ['1.0.0']);
    await world.work();
    await world.reject('p/1/deploy', 'the notes are missing', { actor: alice });
    expect(await stagesOf(world)).toBe('build.1 passed, deploy.1 cancelled');
    expect(await lastReason(world)).toBe('alice rejected run 1 for deploy: the notes are missing');
    expect((await world.approve('p/1/deploy', { actor: bob })).refusal?.code).toBe('stage-not-waiting');
  });

  it('expires, whether somebody looks or not', async () => {
    const world = await open(approved({ expiresMs: 60 * second }));
    await world.publish('a', ['1.0.0']);
    await world.work();
    world.setClock(world.clock + 61 * second);
    const happened = await world.approve('p/1/deploy', { actor: alice });
    expect(sayRefusal(happened)).toContain('p 1 was to be approved by');
    await world.look();
    expect(await stagesOf(world)).toBe('build.1 passed, deploy.1 cancelled');
    expect(await lastReason(world)).toBe('nobody approved run 1 for deploy in time');
  });

  it('is for the attempt that was looked at', async () => {
    const world = await open(approved());
    await world.publish('a', ['1.0.0']);
    await world.work();
    const happened = await world.approve('p/1/deploy', { stageCounter: 2 });
    expect(sayRefusal(happened)).toBe('deploy of p 1 is at its attempt 1 by now, not 2');
  });

  it('lets in after a failure only where evenAfterFailure says so', async () => {
    const world = await open(approved({ evenAfterFailure: true }));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.fail('p/1/build');
    expect(await stagesOf(world)).toBe('build.1 failed, deploy.1 waiting');
    await world.approve('p/1/deploy', { actor: alice });
    await hands.pass('p/1/deploy');
    expect((await world.summary())[0]).toBe('1 a@1.0.0 failed');
    await world.adopt([approved()]);
    await world.publish('a', ['2.0.0']);
    await hands.fail('p/2/build');
    expect(await stagesOf(world)).toBe('build.1 failed, deploy.1 cancelled');
  });

  it('is not done again while the run waits for its turn in an earlier one, also where it may follow a failure', async () => {
    const world = await open(approved({ evenAfterFailure: true }));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.fail('p/1/build');
    await world.approve('p/1/deploy', { actor: alice });
    await hands.pass('p/1/deploy');
    await world.publish('a', ['2.0.0']);
    await world.rerun('p/1/build');
    const happened = await world.rerun('p/1/deploy');
    expect(sayRefusal(happened)).toBe('build has to end first: it is pending');
  });
});

describeWorlds('a stage', (open) => {
  it('lets the run rest in the level before, and is entered in its window', async () => {
    const window = { cron: '*/10 * * * *', forMs: 100 * second };
    const world = await open(
      makePipeline('p', {
        stages: [
          makeStage('build'),
          makeStage('deploy', [runJob('work')], { type: 'auto', afterMs: 300 * second, window }),
        ],
      }),
    );
    world.calendar = everyTenMinutes;
    world.setClock(600 * second);
    await world.publish('a', ['1.0.0']);
    await world.work();
    expect(await lastReason(world)).toContain(
      'run 1 does not enter deploy yet: it rests in the level before until',
    );
    world.setClock(901 * second);
    await world.look();
    expect(await lastReason(world)).toBe(
      'run 1 does not enter deploy yet: its window opens at 1970-01-01T00:20:00.000Z',
    );
    world.setClock(1_200 * second);
    await world.look();
    expect(await stagesOf(world)).toBe('build.1 passed, deploy.1 running');
  });

  it('takes the newest of automatic runs that wait for it, and says so of the others', async () => {
    const world = await open(makePipeline('p'));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('p/1/build');
    for (const [version, run] of [
      ['1.1.0', 2],
      ['1.2.0', 3],
    ] as const) {
      await world.publish('a', [version]);
      await hands.pass(`p/${run}/build`);
    }
    await hands.pass('p/1/deploy');
    expect((await world.summary()).slice(1)).toEqual(['2 a@1.1.0 cancelled', '3 a@1.2.0 running']);
    expect(
      (await world.decisions()).find(({ run, outcome }) => run === 2 && outcome === 'superseded')?.reason,
    ).toBe('run 3 is newer, and enters deploy in place of run 2');
  });

  it('takes the newest of those that a timer started, too', async () => {
    const world = await open();
    world.calendar = everyTenMinutes;
    world.setClock(60 * second);
    await world.adopt([makePipeline('p', { timer: { cron: '*/10 * * * *', onlyOnChanges: false } })]);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('p/1/build');
    for (const run of [2, 3]) {
      world.setClock((run - 1) * 600 * second + second);
      await world.look();
      await hands.pass(`p/${run}/build`);
    }
    await hands.pass('p/1/deploy');
    expect(await world.summary()).toEqual(['1 a@1.0.0 passed', '2 a@1.0.0 cancelled', '3 a@1.0.0 running']);
  });

  it('that somebody has done again is superseded by no automatic run', async () => {
    const world = await open(makePipeline('p'));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('p/1/build', 'p/1/deploy');
    await world.publish('a', ['2.0.0']);
    await hands.pass('p/2/build');
    await world.rerun('p/1/deploy', { actor: alice });
    await world.publish('a', ['3.0.0']);
    await hands.pass('p/3/build', 'p/2/deploy');
    expect((await hands.take()).join()).toBe('p/1/deploy/work');
    await hands.pass('p/1/deploy', 'p/3/deploy');
  });
});

describeWorlds('a rerun', (open) => {
  it('does the stage again as its next attempt, with the same revisions, and what follows', async () => {
    const world = await open(makePipeline('p'));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('p/1/build', 'p/1/deploy');
    expect((await world.rerun('p/1/build')).refusal).toBeUndefined();
    expect((await world.rerun('p/1/build')).refusal?.code).toBe('stage-running');
    await hands.pass('p/1/build', 'p/1/deploy');
    expect(await stagesOf(world)).toBe('build.1 passed, build.2 passed, deploy.1 passed, deploy.2 passed');
    expect(await world.summary()).toEqual(['1 a@1.0.0 passed']);
  });

  it('of the failed jobs keeps those that passed', async () => {
    const world = await open(
      makePipeline('p', { stages: [makeStage('build', [runJob('one'), runJob('two')])] }),
    );
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('p/1/build/one');
    await hands.fail('p/1/build/two');
    await world.rerun('p/1/build', { failedJobsOnly: true });
    expect(await hands.take()).toEqual(['p/1/build/two']);
    await hands.pass('p/1/build/two');
    expect(sayRefusal(await world.rerun('p/1/build', { failedJobsOnly: true }))).toBe(
      'no job of build failed; run the whole stage again',
    );
  });

  it('of the failed jobs is refused where all passed while the stage was cancelled', async () => {
    const world = await open(makePipeline('p', { stages: [makeStage('build')] }));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.take();
    await world.cancel('p/1/build');
    await hands.pass('p/1/build');
    expect(await stagesOf(world)).toBe('build.1 cancelled');
    expect((await world.rerun('p/1/build', { failedJobsOnly: true })).refusal?.code).toBe('nothing-failed');
    expect((await world.rerun('p/1/build')).refusal).toBeUndefined();
  });
});

describeWorlds('a cancellation', (open) => {
  it('ends what has not begun at once, and the stage when the rest has ended', async () => {
    const world = await open(
      makePipeline('p', { stages: [makeStage('build', [runJob('one'), runJob('two')])] }),
    );
    await world.publish('a', ['1.0.0']);
    const [one] = await world.claim('one', { room: 1 });
    await world.cancel('p/1/build', { actor: alice, comment: 'wrong branch' });
    expect(await stagesOf(world)).toBe('build.1 running');
    if (one) await world.end(one, { status: 'failed', exitCode: 143, message: null });
    expect(await stagesOf(world)).toBe('build.1 cancelled');
    expect((await world.runs())[0]?.stages[0]?.jobs.map(({ status }) => status)).toEqual([
      'cancelled',
      'cancelled',
    ]);
    expect((await world.decisions()).at(-1)?.reason).toBe('alice cancelled build of run 1: wrong branch');
  });

  it('ends a stage whose job is about to be tried again after doubt', async () => {
    const world = await open(
      makePipeline('p', { stages: [makeStage('build', [runJob('work', { onDoubt: 'restart' })])] }),
    );
    await world.publish('a', ['1.0.0']);
    await world.work({ status: 'doubt', exitCode: null, message: 'gone' });
    await world.cancel('p/1/build');
    expect(await stagesOf(world)).toBe('build.1 cancelled');
    expect(await world.claim()).toEqual([]);
  });

  it('that came while a job ran lets it not be tried again after doubt', async () => {
    const world = await open(
      makePipeline('p', { stages: [makeStage('build', [runJob('work', { onDoubt: 'restart' })])] }),
    );
    await world.publish('a', ['1.0.0']);
    const [job] = await world.claim();
    await world.cancel('p/1/build');
    if (job) await world.end(job, { status: 'doubt', exitCode: null, message: 'gone' });
    expect(await stagesOf(world)).toBe('build.1 cancelled');
  });
});

describeWorlds('a pause', (open) => {
  it('stops starts and automatic approvals, lets people through, and survives a restart', async () => {
    const world = await open(makePipeline('p'));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.take();
    await world.pause('p', 'release week');
    await world.reopen();
    await hands.pass('p/1/build');
    await world.publish('a', ['2.0.0']);
    expect(await world.summary()).toEqual(['1 a@1.0.0 running']);
    expect(await stagesOf(world)).toBe('build.1 passed, deploy.1 pending');
    expect((await world.decisions()).slice(-2).map(({ reason }) => reason)).toEqual([
      'run 1 does not enter deploy yet: the pipeline is paused: release week',
      'the pipeline is paused: release week',
    ]);
    await world.pause('p', null);
    expect(await world.summary()).toEqual(['1 a@1.0.0 running', '2 a@2.0.0 running']);
    expect((await world.rerun('p/9/build')).refusal?.code).toBe('run-unknown');
  });
});

describeWorlds('a lock', (open) => {
  const every = [listenTo('a', 'every')];

  it('unlockWhenFinished lets one run through at a time', async () => {
    const world = await open(makePipeline('p', { materials: every, lock: 'unlockWhenFinished' }));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0', '2.0.0']);
    await hands.pass('p/1/build');
    expect(await world.summary()).toEqual(['1 a@1.0.0 running']);
    expect(await lastReason(world)).toBe('the pipeline is locked by run 1 (running)');
    await hands.fail('p/1/deploy');
    expect(await world.summary()).toEqual(['1 a@1.0.0 failed', '2 a@2.0.0 running']);
  });

  it('onFailure stays after a failure, until somebody unlocks or the run passes after all', async () => {
    const world = await open(makePipeline('p', { materials: every, lock: 'onFailure' }));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0', '2.0.0', '3.0.0']);
    await hands.fail('p/1/build');
    expect(await world.summary()).toEqual(['1 a@1.0.0 failed']);
    await world.rerun('p/1/build');
    expect((await world.unlock('p', alice)).refusal?.code).toBe('lock-in-use');
    await hands.pass('p/1/build', 'p/1/deploy');
    expect((await world.summary()).at(-1)).toBe('2 a@2.0.0 running');
    await hands.fail('p/2/build');
    await world.unlock('p', alice);
    expect((await world.decisions()).some(({ reason }) => reason === 'alice took the lock from run 2')).toBe(
      true,
    );
    expect((await world.summary()).at(-1)).toBe('3 a@3.0.0 running');
    expect((await world.unlock('q')).refusal?.code).toBe('pipeline-unknown');
  });
});
