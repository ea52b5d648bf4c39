import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type AnsweredRun, beginPromotion, type PromotionStory, stageIs } from '../../support/promotion-story.ts';
import { describeStores, type StorePlace } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

interface Decision {
  readonly outcome: string;
  readonly reason: string;
  readonly run: number | null;
}

const note = (what: string) => `{ note: { run: 'echo "${what} $GO_PIPELINE_COUNTER $GO_PACKAGE_WEB_LABEL" >> "$HOME/done"' } }`;

describeStores('promotion through the API of a server', (placeStore) => {
  const places: StorePlace[] = [];
  const stories: PromotionStory[] = [];
  afterEach(async () => {
    for (const story of stories.splice(0)) await story.end();
    for (const place of places.splice(0)) await place.remove();
  });

  async function begin(pipelines: string): Promise<PromotionStory> {
    const place = await placeStore();
    places.push(place);
    const story = await beginPromotion(place.url, pipelines);
    stories.push(story);
    return story;
  }

  const reasons = async (story: PromotionStory, pipeline: string) => {
    const { body } = await story.ask<{ items: readonly Decision[] }>('ada', `/pipelines/${pipeline}/decisions`);
    return body.items.map(({ outcome, reason }) => `${outcome}: ${reason}`);
  };

  it('lets people pick one of several that wait, reject with a reason, and not approve their own', {
    timeout: 120_000,
  }, async () => {
    const story = await begin(`
  ship:
    materials: [{ package: npmjs/web, trigger: every, as: WEB }]
    stages:
      - { name: check, jobs: ${note('check')} }
      - { name: ship, approval: { type: manual, by: [ada, "role:qa"], notSelf: true }, jobs: ${note('ship')} }
`);
    await story.publish('1.0.0');
    await story.publish('1.1.0', '1.2.0');
    for (const counter of [1, 2, 3]) await story.untilRun('ship', counter, stageIs('ship', 'waiting'));
    const path = (counter: number, action: string) => `/pipelines/ship/runs/${counter}/stages/ship/${action}`;
    expect((await story.post('victor', path(2, 'approve'))).status).toBe(403);
    expect((await story.post('quinn', path(1, 'reject'))).status).toBe(400);
    expect(await story.post('quinn', path(1, 'reject'), { comment: 'it is slow' })).toMatchObject({
      status: 200,
      body: {
        status: 'cancelled',
        stages: [{}, { status: 'cancelled', approvals: [{ verdict: 'rejected', comment: 'it is slow' }] }],
      },
    });
    expect((await story.post('quinn', path(3, 'approve'), { stageCounter: 2 })).status).toBe(409);
    await story.restart();
    expect((await story.post('quinn', path(2, 'approve'), { comment: 'fine' })).status).toBe(200);
    await story.untilRun('ship', 2, ({ status }) => status === 'passed');
    expect(await story.place.lines('done')).toContain('ship 2 1.1.0');

    const triggered = await story.post<AnsweredRun>('ada', '/pipelines/ship/runs', {
      materials: { 'npmjs/web': '1.0.0' },
      comment: 'roll back',
      poll: false,
    });
    expect(triggered).toMatchObject({ status: 201, body: { counter: 4, cause: 'triggered by ada: roll back', person: 'ada' } });
    await story.untilRun('ship', 4, stageIs('ship', 'waiting'));
    expect((await story.post('ada', path(4, 'approve'))).status).toBe(403);
    expect((await story.post('root', path(4, 'approve'))).status).toBe(200);
    const told = await reasons(story, 'ship');
    expect(told).toContain('refused: quinn rejected run 1 for ship: it is slow');
    expect(told).toContain('started: quinn approved run 2 for ship: fine');
    expect(told).toContain('refused: ada triggered the run, and notSelf asks for somebody else');
    const audit = await story.ask<{ items: readonly { actor: string; action: string; subject: string }[] }>('root', '/audit');
    expect(audit.body.items.map(({ actor, action, subject }) => `${actor} ${action} ${subject}`)).toEqual(
      expect.arrayContaining([
        'quinn reject ship/1/ship',
        'quinn approve ship/2/ship',
        'ada trigger ship/4',
        'root approve ship/4/ship',
      ]),
    );
  });

  it('cancels a stage with all its processes, runs its failed jobs again, and pauses', { timeout: 120_000 }, async () => {
    const story = await begin(`
  work:
    materials: [{ package: npmjs/web, trigger: every, as: WEB }]
    stages:
      - name: long
        jobs:
          good: { run: 'echo "good $GO_STAGE_COUNTER" >> "$HOME/done"' }
          bad: { run: 'test -e "$HOME/mended" || { (while :; do date > "$HOME/alive"; sleep 0.1; done) & wait; }' }
      - { name: after, jobs: { it: { run: 'echo "after $GO_STAGE_COUNTER" >> "$HOME/done"' } } }
`);
    const at = '/pipelines/work/runs/1/stages';
    const alive = join(story.place.directory, 'alive');
    await story.publish('1.0.0');
    await story.untilRun('work', 1, ({ stages }) => stages[0]?.jobs.find(({ name }) => name === 'good')?.status === 'passed');
    await until(() => existsSync(alive));
    expect((await story.post('victor', `${at}/long/cancel`)).status).toBe(403);
    expect((await story.post('ada', `${at}/long/cancel`, { comment: 'it hangs' })).status).toBe(200);
    const cancelled = await story.untilRun('work', 1, ({ status }) => status === 'cancelled');
    expect(cancelled.stages[0]).toMatchObject({ status: 'cancelled', jobs: [{ status: 'passed' }, { status: 'cancelled' }] });
    expect((await story.post('ada', `${at}/long/cancel`)).status).toBe(409);
    // The whole process group has ended: nobody writes the file again.
    await rm(alive, { force: true });
    await story.restart();
    expect(existsSync(alive)).toBe(false);

    await writeFile(join(story.place.directory, 'mended'), '');
    expect((await story.post('ada', `${at}/after/rerun`)).status).toBe(409);
    expect((await story.post('ada', `${at}/long/rerun`, { failedJobsOnly: true })).status).toBe(200);
    const mended = await story.untilRun('work', 1, ({ status }) => status === 'passed');
    expect(mended.stages.map(({ name, counter, status }) => `${name} ${counter} ${status}`)).toEqual([
      'long 1 cancelled',
      'long 2 passed',
      'after 1 passed',
    ]);
    expect(await story.place.lines('done')).toEqual(['good 1', 'after 1']);

    expect((await story.post('ada', '/pipelines/work/pause')).status).toBe(400);
    expect((await story.post('ada', '/pipelines/work/pause', { comment: 'release week' })).status).toBe(200);
    expect((await story.post('ada', '/pipelines/work/runs', { poll: false })).status).toBe(422);
    await story.publish('1.1.0');
    await story.restart();
    expect(await story.ask('victor', '/pipelines/work')).toMatchObject({
      body: { paused: { reason: 'release week', by: 'ada' }, waiting: 1, lastRun: { counter: 1 } },
    });
    expect((await story.post('ada', '/pipelines/work/unpause')).status).toBe(200);
    await story.untilRun('work', 2, ({ status }) => status === 'passed');
    expect((await story.post('ada', '/pipelines/work/unpause')).status).toBe(409);
  });

  it('locks a pipeline after a failure, until somebody unlocks it', { timeout: 120_000 }, async () => {
    const story = await begin(`
  work:
    lock: onFailure
    materials: [{ package: npmjs/web, trigger: every, as: WEB }]
    stages:
      - { name: one, jobs: { it: { run: 'test "$GO_PACKAGE_WEB_LABEL" != 1.0.0' } } }
`);
    await story.publish('1.0.0');
    await story.untilRun('work', 1, ({ status }) => status === 'failed');
    await story.publish('1.1.0');
    expect(await story.ask('ada', '/pipelines/work')).toMatchObject({ body: { lock: 'onFailure', lockedBy: 1, waiting: 1 } });
    expect((await reasons(story, 'work'))[0]).toBe('waits: the pipeline is locked by run 1 (failed)');
    expect((await story.post('ada', '/pipelines/work/unlock')).status).toBe(200);
    await story.untilRun('work', 2, ({ status }) => status === 'passed');
    expect(await story.ask('ada', '/pipelines/work')).toMatchObject({ body: { lockedBy: null } });
  });

  it('holds what a storm would start, and lets people take the newest', { timeout: 120_000 }, async () => {
    const story = await begin(`
  each:
    maxNewRuns: 2
    materials: [{ package: npmjs/web, trigger: every, as: WEB }]
    stages: [{ name: one, jobs: ${note('one')} }]
`);
    await story.publish('1.0.0');
    await story.untilRun('each', 1, ({ status }) => status === 'passed');
    await story.publish('1.1.0', '1.2.0', '1.3.0', '1.4.0');
    await story.untilRun('each', 3, ({ status }) => status === 'passed');
    expect(await story.ask('victor', '/pipelines/each/held')).toMatchObject({
      body: { items: [{ materials: { 'npmjs/web': '1.3.0' } }, { materials: { 'npmjs/web': '1.4.0' } }] },
    });
    expect((await story.post('victor', '/pipelines/each/held', { take: 'newest' })).status).toBe(403);
    expect(await story.post('ada', '/pipelines/each/held', { take: 'newest' })).toMatchObject({ status: 200, body: { held: 0 } });
    await story.untilRun('each', 4, ({ status }) => status === 'passed');
    expect((await story.post('ada', '/pipelines/each/held', { take: 'all' })).status).toBe(409);
    expect(await story.place.lines('done')).toEqual(['one 1 1.0.0', 'one 2 1.1.0', 'one 3 1.2.0', 'one 4 1.4.0']);
  });

  it('pulls any version, and what last passed a stage, and refuses what does not agree', { timeout: 120_000 }, async () => {
    const story = await begin(`
  build:
    materials: [{ package: npmjs/web, trigger: every, as: WEB }]
    stages: [{ name: one, jobs: ${note('build')} }]
  ship:
    label: "\${BUILD}-\${WEB}"
    materials: [{ pipeline: build, trigger: manual }, { package: npmjs/web, trigger: manual, as: WEB }]
    environment: { TARGET: uat }
    stages: [{ name: one, jobs: { it: { run: 'echo "$TARGET $GO_PACKAGE_WEB_LABEL $GO_DEPENDENCY_LOCATOR_BUILD" >> "$HOME/shipped"' } } }]
`);
    await story.publish('1.0.0');
    await story.publish('1.1.0');
    await story.untilRun('build', 2, ({ status }) => status === 'passed');
    const trigger = (body: object) =>
      story.post<AnsweredRun & { error?: { message: string } }>('ada', '/pipelines/ship/runs', body);
    const old = await trigger({ materials: { 'npmjs/web': '1.0.0' }, environment: { TARGET: 'prod' }, poll: false });
    expect(old).toMatchObject({ status: 201, body: { materials: [{ pipeline: 'build', counter: 1 }, { version: '1.0.0' }] } });
    await story.untilRun('ship', 1, ({ status }) => status === 'passed');
    const last = await trigger({ materials: { 'npmjs/web': { passed: 'build/one' } } });
    expect(last).toMatchObject({ status: 201, body: { materials: [{ counter: 2 }, { version: '1.1.0' }] } });
    await story.untilRun('ship', 2, ({ status }) => status === 'passed');
    expect(await story.place.lines('shipped')).toEqual(['prod 1.0.0 build/1/one/1', 'uat 1.1.0 build/2/one/1']);
    const torn = await trigger({ materials: { 'npmjs/web': '1.0.0', build: 2 }, poll: false });
    expect(torn).toMatchObject({
      status: 422,
      body: { error: { message: expect.stringContaining('do not agree with each other') } },
    });
    const none = await trigger({ materials: { build: 9 }, poll: false });
    expect(none.status).toBe(422);
    story.registry.spoil(() => ({ status: 503 }));
    expect((await trigger({})).status).toBe(502);
    expect(await reasons(story, 'ship')).toContainEqual(expect.stringContaining('refused: ship cannot run with this'));
  });
});
