import { expect, it } from 'vitest';
import { describePromotion } from '../../support/describe-promotion.ts';
import { type AnsweredRun, note } from '../../support/promotion-story.ts';
import { digestOf } from '../../support/scripted-registry.ts';

const done = "{ it: { run: 'true' } }";
const pipelines = `
  build:
    label: "b-\${WEB}"
    materials: [{ package: npmjs/web, trigger: every, as: WEB }]
    stages:
      - { name: compile, jobs: ${done} }
      - { name: package, jobs: { it: { run: 'test "$GO_PACKAGE_WEB_LABEL" != 1.1.0' } } }
  early:
    materials: [{ pipeline: build, stage: compile, trigger: every }]
    stages: [{ name: one, jobs: ${note('$GO_PIPELINE_NAME $GO_DEPENDENCY_LOCATOR_BUILD')} }]
  late:
    materials: [{ pipeline: build }, { package: npmjs/web, trigger: manual, as: WEB }]
    stages: [{ name: one, jobs: ${note('$GO_PIPELINE_NAME $GO_DEPENDENCY_LABEL_BUILD $GO_DEPENDENCY_LOCATOR_BUILD $GO_MATERIAL_BUILD_HAS_CHANGED $GO_PACKAGE_WEB_LABEL $SLUICE_PACKAGE_WEB_DIGEST')} }]
  later:
    label: "\${LATE}"
    materials: [{ pipeline: late }]
    stages: [{ name: one, jobs: ${note('$GO_PIPELINE_NAME $GO_DEPENDENCY_LOCATOR_LATE')} }]
  report:
    materials: [{ package: npmjs/app }, { pipeline: build, trigger: manual }]
    stages: [{ name: one, jobs: ${done} }]
`;

describePromotion('pipeline materials', { pipelines, packages: { web: '^1', app: '^2' } }, (story) => {
  const countRuns = async (pipeline: string) => {
    const { body } = await story().ask<{ items: readonly unknown[] }>(
      'victor',
      `/pipelines/${pipeline}/runs`,
    );
    return body.items.length;
  };
  const hasPassed = ({ status }: AnsweredRun) => status === 'passed';

  it('start a run when the named stage passes, which carries what is behind it', async () => {
    const { publish, untilRun, ask, place } = story();
    await publish('1.0.0');
    const late = await untilRun('late', 1, hasPassed);
    expect(late).toMatchObject({
      cause: 'build 1 passed package',
      materials: [
        { pipeline: 'build', counter: 1, label: 'b-1.0.0', stage: 'package', changed: true },
        { package: 'npmjs/web', version: '1.0.0', digest: digestOf('1.0.0') },
      ],
    });
    expect((await untilRun('early', 1, hasPassed)).cause).toBe('build 1 passed compile');
    expect((await untilRun('later', 1, hasPassed)).materials).toEqual([
      { pipeline: 'late', counter: 1, label: '1', stage: 'one', changed: true },
    ]);
    expect((await place.lines('done')).toSorted()).toEqual([
      'early build/1/compile/1',
      `late b-1.0.0 build/1/package/1 true 1.0.0 ${digestOf('1.0.0')}`,
      'later late/1/one/1',
    ]);
    const { body } = await ask<{ nodes: readonly { id: string }[] }>(
      'victor',
      '/pipelines/later/runs/1/value-stream',
    );
    expect(body.nodes.map(({ id }) => id).toSorted()).toEqual([
      'build/1',
      'late/1',
      'later/1',
      'npmjs/web@1.0.0',
    ]);
    expect(await ask('victor', '/pipelines/later/decisions?version=1.0.0')).toMatchObject({
      body: {
        items: [
          {
            outcome: 'started',
            reason: 'late 1 passed one',
            materials: { late: 1 },
            run: 1,
            links: { run: '/api/v1/pipelines/later/runs/1', upstream: '/api/v1/pipelines/late/runs/1' },
          },
        ],
      },
    });
  });

  it('start nothing where another stage passes, or fails', async () => {
    const { publish, untilRun } = story();
    await publish('1.1.0');
    await untilRun('build', 2, ({ status }) => status === 'failed');
    await untilRun('early', 2, hasPassed);
    expect([await countRuns('late'), await countRuns('later')]).toEqual([1, 1]);
  });

  it('with trigger: manual are used, and start nothing', async () => {
    const { publish, untilRun, untilDecided } = story();
    await untilDecided('report', 'waits: build 1 passed package: trigger: manual starts nothing by itself');
    expect(await countRuns('report')).toBe(0);
    await publish('2.0.0');
    expect(await untilRun('report', 1, hasPassed)).toMatchObject({
      cause: 'npmjs/app 2.0.0 was published',
      materials: [
        { package: 'npmjs/app', version: '2.0.0' },
        { pipeline: 'build', counter: 1, label: 'b-1.0.0' },
      ],
    });
  });
});
