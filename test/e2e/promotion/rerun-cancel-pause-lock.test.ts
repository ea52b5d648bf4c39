import { expect, it } from 'vitest';
import { describePromotion } from '../../support/describe-promotion.ts';
import { isAlive } from '../../support/is-alive.ts';
import { type AnsweredRun, note, stageIs } from '../../support/promotion-story.ts';
import { until } from '../../support/until.ts';

const done = "{ it: { run: 'true' } }";
const untilOpen = (file: string) => `{ it: { run: 'while ! test -e "$HOME/${file}"; do sleep 0.05; done' } }`;
const pipelines = `
  work:
    materials: [{ package: npmjs/work, trigger: every, as: IT }]
    stages:
      - name: long
        jobs:
          good: { run: 'echo "good $GO_STAGE_COUNTER" >> "$HOME/done"' }
          bad: { run: 'test -e "$HOME/mended" || { sleep 600 & echo "$$ $!" >> "$HOME/processes"; sleep 600 | cat; }' }
      - { name: after, jobs: ${note('after $GO_STAGE_COUNTER $GO_PACKAGE_IT_LABEL')} }
  calm:
    materials: [{ package: npmjs/calm, trigger: every }]
    stages: [{ name: one, jobs: ${untilOpen('calm')} }, { name: two, jobs: ${done} }]
  careful:
    lock: onFailure
    materials: [{ package: npmjs/locked, trigger: every, as: IT }]
    stages: [{ name: one, jobs: { it: { run: 'test "$GO_PACKAGE_IT_LABEL" != 3.0.0' } } }, { name: two, jobs: ${done} }]
  single:
    lock: unlockWhenFinished
    materials: [{ package: npmjs/locked, trigger: every, as: IT }]
    stages: [{ name: one, jobs: ${done} }, { name: two, jobs: ${untilOpen('single')} }]
`;
const packages = { work: '^1', calm: '^2', locked: '^3' };

const describeStages = ({ stages }: AnsweredRun) =>
  stages.map(({ name, counter, status }) => `${name} ${counter} ${status}`);
const hasPassed = ({ status }: AnsweredRun) => status === 'passed';

describePromotion('rerun, cancel, pause and lock', { pipelines, packages }, (story) => {
  it('cancels a stage with all its processes, and runs it or its failed jobs again', async () => {
    const { publish, untilRun, post, restart, place, decisions } = story();
    const at = '/pipelines/work/runs/1/stages';
    await publish('1.0.0');
    await untilRun(
      'work',
      1,
      ({ stages }) => stages[0]?.jobs.find(({ name }) => name === 'good')?.status === 'passed',
    );
    const [line = ''] = await until(async () => {
      const lines = await place.lines('processes');
      return lines.length > 0 && lines;
    });
    const processes = line.split(' ').map(Number);
    // The server that started the job is gone; the one that cancels it has found it.
    await restart();
    expect(processes.map(isAlive)).toEqual([true, true]);
    expect((await post('victor', `${at}/long/cancel`)).status).toBe(403);
    expect((await post('ada', `${at}/long/cancel`, { comment: 'it hangs' })).status).toBe(200);
    const cancelled = await untilRun('work', 1, ({ status }) => status === 'cancelled');
    expect(cancelled.stages[0]).toMatchObject({
      status: 'cancelled',
      jobs: [{ status: 'passed' }, { status: 'cancelled' }],
    });
    await until(() => !processes.some(isAlive));
    expect((await post('ada', `${at}/long/cancel`)).status).toBe(409);
    expect((await post('ada', `${at}/after/rerun`)).status).toBe(409);

    await place.write('mended');
    expect((await post('ada', `${at}/long/rerun`, { failedJobsOnly: true, comment: 'mended' })).status).toBe(
      200,
    );
    const mended = await untilRun('work', 1, hasPassed);
    expect(describeStages(mended)).toEqual(['long 1 cancelled', 'long 2 passed', 'after 1 passed']);
    expect((await post('ada', `${at}/long/rerun`)).status).toBe(200);
    const again = await untilRun('work', 1, (run) => hasPassed(run) && run.stages.length === 5);
    expect(again.materials).toMatchObject([{ version: '1.0.0' }]);
    expect(await place.lines('done')).toEqual(['good 1', 'after 1 1.0.0', 'good 3', 'after 2 1.0.0']);
    expect(await decisions('work')).toEqual(
      expect.arrayContaining([
        'refused: ada cancelled long of run 1: it hangs',
        'started: ada had run 1 do the failed jobs of long again: mended',
        'started: ada had run 1 do long again',
      ]),
    );
  });

  it('a pause stops starts and automatic approvals, and says why and by whom', async () => {
    const { publish, untilRun, post, ask, restart, place, decisions } = story();
    await publish('2.0.0');
    await untilRun('calm', 1, stageIs('one', 'running'));
    expect((await post('victor', '/pipelines/calm/pause', { comment: 'release week' })).status).toBe(403);
    expect((await post('ada', '/pipelines/calm/pause')).status).toBe(400);
    expect((await post('ada', '/pipelines/calm/pause', { comment: 'release week' })).status).toBe(200);
    await restart();
    await place.write('calm');
    const paused = await untilRun('calm', 1, stageIs('one', 'passed'));
    expect(describeStages(paused)).toEqual(['one 1 passed', 'two 1 pending']);
    expect((await post('ada', '/pipelines/calm/runs', { poll: false })).status).toBe(422);
    await publish('2.1.0');
    expect(await ask('victor', '/pipelines/calm')).toMatchObject({
      body: { paused: { reason: 'release week', by: 'ada' }, waiting: 1, lastRun: { counter: 1 } },
    });
    expect(await decisions('calm')).toEqual(
      expect.arrayContaining([
        'waits: run 1 does not enter two yet: the pipeline is paused: release week',
        'waits: the pipeline is paused: release week',
        'refused: calm is paused; unpause it first',
      ]),
    );
    expect((await post('ada', '/pipelines/calm/unpause')).status).toBe(200);
    await untilRun('calm', 1, hasPassed);
    await untilRun('calm', 2, hasPassed);
    expect((await post('ada', '/pipelines/calm/unpause')).status).toBe(409);
  });

  it('a lock lets one run through at a time, and stays after a failure until somebody unlocks', async () => {
    const { publish, untilRun, post, ask, restart, place, decisions } = story();
    await publish('3.0.0');
    await untilRun('careful', 1, ({ status }) => status === 'failed');
    await untilRun('single', 1, stageIs('two', 'running'));
    await publish('3.1.0');
    await restart();
    expect(await ask('ada', '/pipelines/careful')).toMatchObject({
      body: { lock: 'onFailure', lockedBy: 1, waiting: 1 },
    });
    expect((await decisions('careful'))[0]).toBe('waits: the pipeline is locked by run 1 (failed)');
    expect((await post('victor', '/pipelines/careful/unlock')).status).toBe(403);
    expect((await post('ada', '/pipelines/careful/unlock')).status).toBe(200);
    await untilRun('careful', 2, hasPassed);
    expect(await ask('ada', '/pipelines/careful')).toMatchObject({ body: { lockedBy: null } });
    expect((await post('ada', '/pipelines/careful/unlock')).status).toBe(409);

    expect(await ask('ada', '/pipelines/single')).toMatchObject({
      body: { lockedBy: 1, waiting: 1, lastRun: { counter: 1 } },
    });
    expect((await decisions('single'))[0]).toBe('waits: the pipeline is locked by run 1 (running)');
    expect((await post('ada', '/pipelines/single/unlock')).status).toBe(409);
    await place.write('single');
    await untilRun('single', 2, hasPassed);
  });
});
