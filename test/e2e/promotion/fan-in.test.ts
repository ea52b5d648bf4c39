import { expect, it } from 'vitest';
import { describePromotion } from '../../support/describe-promotion.ts';
import { type AnsweredRun, note, stageIs } from '../../support/promotion-story.ts';

/** People let runs in, so that the order in which things pass is theirs. */
const level = (name: string, ...materials: readonly string[]) => `
  ${name}:
    materials: [${materials.join(', ')}]
    stages: [{ name: test, approval: manual, jobs: { it: { run: 'true' } } }]
`;
const pipelines = [
  level('acceptance', '{ package: npmjs/fastify }'),
  level('performance', '{ package: npmjs/fastify }'),
  `
  production:
    materials: [{ pipeline: acceptance }, { pipeline: performance }, { package: npmjs/fastify, trigger: manual, as: WEB }]
    stages: [{ name: ship, jobs: ${note('$GO_DEPENDENCY_LOCATOR_ACCEPTANCE $GO_DEPENDENCY_LOCATOR_PERFORMANCE $GO_PACKAGE_WEB_LABEL')} }]
  mirror:
    materials: [{ pipeline: production }, { pipeline: acceptance }, { package: npmjs/pino, trigger: manual }]
    stages: [{ name: copy, jobs: ${note('mirror $GO_DEPENDENCY_LOCATOR_PRODUCTION $GO_DEPENDENCY_LOCATOR_ACCEPTANCE')} }]
`,
].join('');

describePromotion('fan-in', { pipelines, packages: { fastify: '^5', pino: '^9' } }, (story) => {
  const pass = async (pipeline: string, counter: number) => {
    await story().untilRun(pipeline, counter, stageIs('test', 'waiting'));
    expect(
      (await story().post('ada', `/pipelines/${pipeline}/runs/${counter}/stages/test/approve`)).status,
    ).toBe(200);
    await story().untilRun(pipeline, counter, stageIs('test', 'passed'));
  };
  const trigger = (pipeline: string, materials: Readonly<Record<string, string | number>>) =>
    story().post<AnsweredRun>('ada', `/pipelines/${pipeline}/runs`, { materials, poll: false });
  const hasPassed = ({ status }: AnsweredRun) => status === 'passed';
  const count = async (pipeline: string) => {
    const { body } = await story().ask<{ items: readonly unknown[] }>(
      'victor',
      `/pipelines/${pipeline}/runs`,
    );
    return body.items.length;
  };

  it('takes what agrees, in whatever order it passes, and says what it waits for', async () => {
    const { publish, untilRun, decisions, restart, place } = story();
    await publish('9.0.0');
    await publish('5.2.0');
    await publish('5.2.1');
    await pass('performance', 2);
    expect((await decisions('production'))[0]).toBe(
      'waits: waits for acceptance to pass with npmjs/fastify 5.2.1 (performance has)',
    );
    await pass('acceptance', 1);
    expect((await decisions('production'))[0]).toBe(
      'waits: waits for performance to pass with npmjs/fastify 5.2.0 (acceptance has)',
    );
    await restart();
    expect(await count('production')).toBe(0);
    await pass('acceptance', 2);
    expect(await untilRun('production', 1, hasPassed)).toMatchObject({
      cause: 'performance 2 passed test; acceptance 2 passed test',
      materials: [{ counter: 2 }, { counter: 2 }, { version: '5.2.1' }],
    });
    await pass('performance', 1);
    expect(await decisions('production')).toContain(
      'superseded: npmjs/fastify 5.2.0 is lower than 5.2.1, which run 1 had, and trigger: latest never goes down',
    );
    await untilRun('mirror', 1, hasPassed);
    expect(await place.lines('done')).toEqual([
      'acceptance/2/test/1 performance/2/test/1 5.2.1',
      'mirror production/1/ship/1 acceptance/2/test/1',
    ]);
  });

  it('starts a set once, whatever is run again', async () => {
    const { post, untilRun, decisions } = story();
    expect((await post('ada', '/pipelines/performance/runs/2/stages/test/rerun')).status).toBe(200);
    await untilRun('performance', 2, ({ stages }) => stages[1]?.status === 'passed');
    expect((await decisions('production'))[0]).toBe(
      'superseded: the same set of materials has started run 1 already',
    );
    expect(await count('production')).toBe(1);
  });

  it('rolls back to all that goes with one older run, and refuses what does not agree', async () => {
    const { untilRun, untilDecided } = story();
    expect(await trigger('production', { performance: 1 })).toMatchObject({
      status: 201,
      body: { counter: 2, materials: [{ counter: 1 }, { counter: 1 }, { version: '5.2.0' }] },
    });
    await untilRun('production', 2, hasPassed);
    await untilDecided(
      'mirror',
      'superseded: npmjs/fastify 5.2.0 is lower than 5.2.1, which run 1 had, and trigger: latest never goes down',
    );
    expect(await trigger('mirror', { production: 2 })).toMatchObject({
      status: 201,
      body: { counter: 2, materials: [{ counter: 2 }, { counter: 1 }, { version: '9.0.0' }] },
    });
    expect((await trigger('production', { acceptance: 1, performance: 2 })).status).toBe(422);
    expect((await trigger('production', { acceptance: 2, 'npmjs/fastify': '5.2.0' })).status).toBe(422);
  });
});
