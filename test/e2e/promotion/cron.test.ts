import { expect, it } from 'vitest';
import { describePromotion } from '../../support/describe-promotion.ts';
import type { AnsweredRun } from '../../support/promotion-story.ts';

/** Cron is to the minute as a rule; with seconds before it, the tests need not wait for one. */
const everySecond = '* * * * * *';
const timed = (name: string, onlyOnChanges: boolean) => `
  ${name}:
    timer: { cron: "${everySecond}", onlyOnChanges: ${onlyOnChanges} }
    materials: [{ package: npmjs/web, trigger: manual }]
    stages: [{ name: one, jobs: { it: { run: 'true' } } }]
`;
const pipelines = timed('always', false) + timed('changes', true);
const hasPassed = ({ status }: AnsweredRun) => status === 'passed';

describePromotion('cron pipelines', { pipelines, packages: { web: '^1' } }, (story) => {
  const readLast = async (pipeline: string) => {
    const { body } = await story().ask<{ lastRun: { counter: number } | null }>(
      'victor',
      `/pipelines/${pipeline}`,
    );
    return body.lastRun?.counter ?? 0;
  };

  it('start at their moments, or only where something changed', async () => {
    const { publish, untilRun, untilDecided, ask } = story();
    await untilDecided(
      'always',
      'waits: the timer came, and there is no version yet that could go with it: npmjs/web',
    );
    await publish('1.0.0');
    expect(await untilRun('changes', 1, hasPassed)).toMatchObject({
      cause: `the timer ${everySecond} came`,
      startedBy: 'timer',
      person: null,
      materials: [{ version: '1.0.0', changed: true }],
    });
    await untilDecided('changes', 'refused: the timer came, and no material differs from the run before');
    expect(await untilRun('always', 2, hasPassed)).toMatchObject({
      materials: [{ version: '1.0.0', changed: false }],
    });
    expect(await readLast('changes')).toBe(1);
    expect(await ask('victor', '/pipelines/changes')).toMatchObject({
      body: { timer: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
  });

  it('wait for the end of a pause, whether the server was down meanwhile or not', async () => {
    const { publish, post, restart, untilRun, untilDecided } = story();
    for (const pipeline of ['always', 'changes']) {
      expect((await post('ada', `/pipelines/${pipeline}/pause`, { comment: 'lunch' })).status).toBe(200);
      await untilDecided(pipeline, 'waits: the timer came, and the pipeline is paused: lunch');
    }
    await publish('1.1.0');
    const before = await readLast('always');
    await restart();
    expect([await readLast('always'), await readLast('changes')]).toEqual([before, 1]);
    for (const pipeline of ['always', 'changes']) {
      expect((await post('ada', `/pipelines/${pipeline}/unpause`)).status).toBe(200);
    }
    expect(await untilRun('changes', 2, hasPassed)).toMatchObject({
      materials: [{ version: '1.1.0', changed: true }],
    });
    await untilRun('always', before + 1, hasPassed);
  });
});
