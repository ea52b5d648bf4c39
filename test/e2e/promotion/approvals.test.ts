import { expect, it } from 'vitest';
import { describePromotion } from '../../support/describe-promotion.ts';
import { type AnsweredRun, note, type Person, stageIs } from '../../support/promotion-story.ts';

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const done = "{ it: { run: 'true' } }";

const pipelines = `
  ship:
    materials: [{ package: npmjs/picked, trigger: every, as: IT }]
    stages:
      - { name: check, jobs: ${note('check')} }
      - { name: ship, approval: { type: manual, by: [ada, "role:qa"], notSelf: true }, jobs: ${note('ship $GO_PIPELINE_COUNTER $GO_PACKAGE_IT_LABEL')} }
  signed:
    materials: [{ package: npmjs/signed }]
    stages: [{ name: sign, approval: { type: manual, by: [ada, "role:qa"], required: 2 }, jobs: ${done} }]
  listed:
    materials: [{ package: npmjs/listed }]
    access: { approve: ["role:qa"] }
    stages: [{ name: sign, approval: { type: manual, by: [ada, quentin] }, jobs: ${done} }]
  strict:
    materials: [{ package: npmjs/broken }]
    stages:
      - { name: check, jobs: { it: { run: 'false' } } }
      - { name: ship, approval: manual, jobs: ${done} }
  lenient:
    materials: [{ package: npmjs/broken }]
    stages:
      - { name: check, jobs: { it: { run: 'false' } } }
      - { name: ship, approval: { type: manual, evenAfterFailure: true }, jobs: ${done} }
      - { name: after, jobs: ${done} }
  automatic:
    materials: [{ package: npmjs/broken }]
    stages: [{ name: check, jobs: { it: { run: 'false' } } }, { name: ship, jobs: ${done} }]
  soaked:
    materials: [{ package: npmjs/timed }]
    stages: [{ name: check, jobs: ${done} }, { name: ship, approval: { type: auto, after: 3s }, jobs: ${done} }]
  hurried:
    materials: [{ package: npmjs/timed }]
    stages: [{ name: check, jobs: ${done} }, { name: ship, approval: { type: manual, expires: 2s }, jobs: ${done} }]
  windowed:
    materials: [{ package: npmjs/timed }]
    stages: [{ name: ship, approval: { type: auto, window: { cron: "*/3 * * * * *", for: 1s } }, jobs: ${done} }]
  shut:
    materials: [{ package: npmjs/timed }]
    stages: [{ name: ship, approval: { type: manual, window: { cron: "0 0 1 1 *", for: 1m } }, jobs: ${done} }]
`;
const packages = { picked: '^1', signed: '^2', broken: '^3', timed: '^4', listed: '^5' };

/** When a stage of a run began and ended, in milliseconds. */
function timesOf(
  { stages }: AnsweredRun,
  name: string,
): { readonly startedAt: number; readonly finishedAt: number } {
  const stage = stages.find((one) => one.name === name);
  return {
    startedAt: Date.parse(String(stage?.startedAt)),
    finishedAt: Date.parse(String(stage?.finishedAt)),
  };
}

describePromotion('stages and approvals', { pipelines, packages }, (story) => {
  const give = (as: Person, pipeline: string, word: string, body?: object) =>
    story().post<AnsweredRun & { readonly error: { readonly message: string } }>(
      as,
      `/pipelines/${pipeline}/runs/${word}`,
      body,
    );

  it('let people pick one of several that wait, reject with a reason, and not approve their own', async () => {
    const { publish, untilRun, post, restart, place, decisions } = story();
    await publish('1.0.0', '1.1.0', '1.2.0');
    for (const counter of [1, 2, 3]) await untilRun('ship', counter, stageIs('ship', 'waiting'));
    expect((await give('victor', 'ship', '2/stages/ship/approve')).status).toBe(403);
    expect((await give('quinn', 'ship', '1/stages/ship/reject')).status).toBe(400);
    expect(await give('quinn', 'ship', '1/stages/ship/reject', { comment: 'it is slow' })).toMatchObject({
      status: 200,
      body: {
        status: 'cancelled',
        stages: [{}, { status: 'cancelled', approvals: [{ verdict: 'rejected', comment: 'it is slow' }] }],
      },
    });
    expect((await give('quinn', 'ship', '3/stages/ship/approve', { stageCounter: 2 })).status).toBe(409);
    await restart();
    expect((await give('quinn', 'ship', '2/stages/ship/approve', { comment: 'fine' })).status).toBe(200);
    await untilRun('ship', 2, ({ status }) => status === 'passed');
    expect(await place.lines('done')).toContain('ship 2 1.1.0');

    const triggered = await post<AnsweredRun>('ada', '/pipelines/ship/runs', {
      comment: 'once more',
      poll: false,
    });
    expect(triggered).toMatchObject({
      status: 201,
      body: { counter: 4, cause: 'triggered by ada: once more', person: 'ada' },
    });
    await untilRun('ship', 4, stageIs('ship', 'waiting'));
    expect((await give('ada', 'ship', '4/stages/ship/approve')).status).toBe(403);
    expect((await give('root', 'ship', '4/stages/ship/approve')).status).toBe(200);
    expect(await decisions('ship')).toEqual(
      expect.arrayContaining([
        'waits: run 2 waits for approval to enter ship: ada, role:qa',
        'refused: victor is none of those who may approve: ada, role:qa',
        'refused: quinn rejected run 1 for ship: it is slow',
        'started: quinn approved run 2 for ship: fine',
        'refused: ada triggered the run, and notSelf asks for somebody else',
      ]),
    );
  });

  it('ask as many persons as are required: two tokens of one are one', async () => {
    const { publish, untilRun, decisions } = story();
    await publish('2.0.0');
    await untilRun('signed', 1, stageIs('sign', 'waiting'));
    expect(await give('quinn', 'signed', '1/stages/sign/approve', { comment: 'looks good' })).toMatchObject({
      body: { status: 'waiting' },
    });
    expect(await give('quill', 'signed', '1/stages/sign/approve')).toMatchObject({
      status: 409,
      body: {
        error: { message: 'quinn has approved sign of signed 1 already, and persons are counted once' },
      },
    });
    expect((await give('ada', 'signed', '1/stages/sign/approve')).status).toBe(200);
    const run = await untilRun('signed', 1, ({ status }) => status === 'passed');
    expect(run.stages[0]?.approvals).toEqual([
      { person: 'quinn', name: 'quinn', verdict: 'approved', comment: 'looks good', at: isoTime },
      { person: 'ada', name: 'ada', verdict: 'approved', comment: null, at: isoTime },
    ]);
    expect(await decisions('signed')).toContain(
      'waits: quinn approved run 1 for sign: looks good; 1 of 2 persons have',
    );
  });

  it('ask those whom both the stage and the pipeline name', async () => {
    await story().publish('5.0.0');
    await story().untilRun('listed', 1, stageIs('sign', 'waiting'));
    for (const person of ['ada', 'quinn', 'victor'] as const) {
      expect((await give(person, 'listed', '1/stages/sign/approve')).status).toBe(403);
    }
    expect((await give('quentin', 'listed', '1/stages/sign/approve')).status).toBe(200);
  });

  it('let nobody in after a failure, but where evenAfterFailure says so', async () => {
    const { publish, untilRun } = story();
    await publish('3.0.0');
    for (const pipeline of ['strict', 'automatic']) {
      const run = await untilRun(pipeline, 1, ({ status }) => status === 'failed');
      expect(run.stages.map(({ status }) => status)).toEqual(['failed', 'cancelled']);
    }
    expect((await give('ada', 'strict', '1/stages/ship/approve')).status).toBe(409);
    await untilRun('lenient', 1, stageIs('ship', 'waiting'));
    expect((await give('ada', 'lenient', '1/stages/ship/approve')).status).toBe(200);
    const run = await untilRun('lenient', 1, stageIs('after', 'passed'));
    expect(run.stages.map(({ status }) => status)).toEqual(['failed', 'passed', 'passed']);
  });

  it('let a run rest, expire, and enter in a window alone, whether the server was down meanwhile or not', async () => {
    const { publish, untilRun, restart, decisions, untilDecided } = story();
    await publish('4.0.0');
    await untilRun('soaked', 1, stageIs('check', 'passed'));
    await untilRun('hurried', 1, stageIs('check', 'passed'));
    await restart();
    const soaked = await untilRun('soaked', 1, ({ status }) => status === 'passed');
    expect(timesOf(soaked, 'ship').startedAt - timesOf(soaked, 'check').finishedAt).toBeGreaterThanOrEqual(
      3_000,
    );
    expect((await decisions('soaked')).join('\n')).toMatch(
      /^waits: run 1 does not enter ship yet: it rests in the level before until \d{4}-.*Z$/m,
    );
    await untilRun('hurried', 1, ({ status }) => status === 'cancelled');
    await untilDecided('hurried', 'refused: nobody approved run 1 for ship in time');
    expect((await give('ada', 'hurried', '1/stages/ship/approve')).status).toBe(409);
    const windowed = await untilRun('windowed', 1, ({ status }) => status === 'passed');
    expect(timesOf(windowed, 'ship').startedAt % 3_000).toBeLessThan(1_000);

    expect(await give('ada', 'shut', '1/stages/ship/approve')).toMatchObject({
      status: 200,
      body: { stages: [{ status: 'pending', startedAt: null, approvals: [{ person: 'ada' }] }] },
    });
    expect((await decisions('shut'))[0]).toMatch(
      /^waits: run 1 does not enter ship yet: its window opens at \d{4}-01-01T00:00:00\.000Z$/,
    );
  });
});
