import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describePromotion } from '../../support/describe-promotion.ts';
import { type AnsweredRun, note, stageIs } from '../../support/promotion-story.ts';

/** The first run stays in `deploy` until there is a file `open`, and the others wait for it. */
const stages = `
      - { name: build, jobs: { it: { run: 'true' } } }
      - { name: deploy, jobs: { it: { run: 'while ! test -e "$HOME/open"; do sleep 0.05; done' } } }
      - { name: tell, jobs: ${note('$GO_PIPELINE_NAME $GO_PIPELINE_COUNTER $GO_PACKAGE_IT_LABEL')} }`;
const pipelines = ['latest', 'every']
  .map(
    (trigger) =>
      `  ${trigger}:\n    materials: [{ package: npmjs/web, trigger: ${trigger}, as: IT }]\n    stages:${stages}\n`,
  )
  .join('');

describePromotion('one run at a time in a stage', { pipelines, packages: { web: '^1' } }, (story) => {
  it('takes the newest that waits, or all in their turn where every started them', async () => {
    const { publish, untilRun, ask, place, decisions } = story();
    for (const [counter, version] of [1, 2, 3].entries()) {
      await publish(`1.${version}.0`);
      for (const pipeline of ['latest', 'every'])
        await untilRun(pipeline, counter + 1, stageIs('build', 'passed'));
    }
    for (const pipeline of ['latest', 'every']) {
      await untilRun(pipeline, 1, stageIs('deploy', 'running'));
      const { body } = await ask<{ items: readonly AnsweredRun[] }>('victor', `/pipelines/${pipeline}/runs`);
      const statuses = body.items.map(({ stages }) => stages.map(({ status }) => status).join(' '));
      expect(statuses).toEqual([
        'passed pending pending',
        'passed pending pending',
        'passed running pending',
      ]);
    }
    await writeFile(join(place.directory, 'open'), '');
    await untilRun('latest', 3, ({ status }) => status === 'passed');
    await untilRun('every', 3, ({ status }) => status === 'passed');
    expect(await untilRun('latest', 2, ({ status }) => status === 'cancelled')).toMatchObject({
      stages: [{ status: 'passed' }, { status: 'cancelled', startedAt: null }, { status: 'cancelled' }],
    });
    expect(await decisions('latest')).toContain(
      'superseded: run 3 is newer, and enters deploy in place of run 2',
    );
    expect((await decisions('every')).filter((decision) => decision.startsWith('superseded'))).toEqual([]);
    const told = await place.lines('done');
    expect(told.filter((line) => line.startsWith('latest'))).toEqual(['latest 1 1.1.0', 'latest 3 1.3.0']);
    expect(told.filter((line) => line.startsWith('every'))).toEqual([
      'every 1 1.1.0',
      'every 2 1.2.0',
      'every 3 1.3.0',
    ]);
  });
});
