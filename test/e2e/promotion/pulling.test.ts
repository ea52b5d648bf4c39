import { expect, it } from 'vitest';
import { describePromotion } from '../../support/describe-promotion.ts';
import { type AnsweredRun, note, stageIs } from '../../support/promotion-story.ts';
import { digestOf } from '../../support/scripted-registry.ts';
import { until } from '../../support/until.ts';

const pipelines = `
  build:
    materials: [{ package: npmjs/web, trigger: every }]
    stages: [{ name: one, jobs: { it: { run: 'true' } } }]
  ship:
    label: "\${BUILD}-\${WEB}"
    materials: [{ pipeline: build, trigger: manual }, { package: npmjs/web, trigger: manual, as: WEB }]
    environment: { TARGET: uat }
    stages: [{ name: one, jobs: ${note('$TARGET $GO_PACKAGE_WEB_LABEL $GO_DEPENDENCY_LOCATOR_BUILD')} }]
  hotfix:
    materials: [{ package: npmjs/app, trigger: manual, as: APP }]
    stages:
      - { name: one, approval: manual, jobs: { it: { run: 'true' } } }
      - { name: two, jobs: { it: { run: 'true' } } }
`;
const packages = { web: '^1', app: '^2' };
const bytesOf = (version: string) => digestOf(`other bytes of ${version}`);

describePromotion('pulling', { pipelines, packages, poll: '{ every: 1s }' }, (story) => {
  const trigger = (pipeline: string, body: object, as: 'ada' | 'root' = 'ada') =>
    story().post<AnsweredRun & { readonly error: { readonly message: string } }>(
      as,
      `/pipelines/${pipeline}/runs`,
      body,
    );
  const revisions = '/repositories/npmjs/packages/app/revisions';
  const untilState = (version: string, state: string) =>
    until(async () => {
      const { body } = await story().ask<{ items: readonly { version: string; state: string }[] }>(
        'ada',
        revisions,
      );
      return body.items.find((revision) => revision.version === version)?.state === state;
    });

  it('takes any version, and what last passed a stage, and refuses what does not agree', async () => {
    const { publish, untilRun, place, decisions } = story();
    await publish('1.0.0', '1.1.0');
    await untilRun('build', 2, ({ status }) => status === 'passed');
    const old = await trigger('ship', {
      materials: { 'npmjs/web': '1.0.0' },
      environment: { TARGET: 'prod' },
      poll: false,
    });
    expect(old).toMatchObject({
      status: 201,
      body: { materials: [{ pipeline: 'build', counter: 1 }, { version: '1.0.0' }] },
    });
    await untilRun('ship', 1, ({ status }) => status === 'passed');
    const last = await trigger('ship', { materials: { 'npmjs/web': { passed: 'build/one' } } });
    expect(last).toMatchObject({ status: 201, body: { materials: [{ counter: 2 }, { version: '1.1.0' }] } });
    await untilRun('ship', 2, ({ status }) => status === 'passed');
    const byRun = await trigger('ship', { materials: { build: 1 }, poll: false });
    expect(byRun).toMatchObject({ status: 201, body: { materials: [{ counter: 1 }, { version: '1.0.0' }] } });
    await untilRun('ship', 3, ({ status }) => status === 'passed');
    expect(await place.lines('done')).toEqual([
      'prod 1.0.0 build/1/one/1',
      'uat 1.1.0 build/2/one/1',
      'uat 1.0.0 build/1/one/1',
    ]);
    const refused = [
      [{ materials: { 'npmjs/web': '1.0.0', build: 2 } }, 'do not agree with each other'],
      [{ materials: { build: 9 } }, 'there is no run "9" of build'],
      [{ materials: { 'npmjs/web': '9.9.9' } }, 'is not in the ledger'],
      [{ materials: { 'npmjs/web': { passed: 'build/two' } } }, 'has passed "two"'],
      [{ environment: { OTHER: '1' } }, 'declare "OTHER" under environment: of ship'],
    ] as const;
    for (const [body, why] of refused) {
      const { status, body: answer } = await trigger('ship', { ...body, poll: false });
      expect({ status, message: answer.error.message }).toEqual({
        status: 422,
        message: expect.stringContaining(why),
      });
      expect(await decisions('ship')).toContain(`refused: ${answer.error.message}`);
    }
    const { status } = await story().post('victor', '/pipelines/ship/runs', { poll: false });
    expect(status).toBe(403);
  });

  it('polls the materials first, and is refused where that fails', async () => {
    const { registry, ask, decisions } = story();
    const countPolls = async () => {
      const { body } = await ask<{ items: readonly { details: object }[] }>(
        'root',
        '/audit?subject=npmjs&actor=ada&limit=200',
      );
      return body.items.filter(({ details }) => 'for' in details && details.for === 'hotfix').length;
    };
    registry.publish('2.0.0');
    expect((await trigger('hotfix', {})).body).toMatchObject({ materials: [{ version: '2.0.0' }] });
    expect(await countPolls()).toBe(1);
    expect((await trigger('hotfix', { poll: false })).status).toBe(201);
    expect(await countPolls()).toBe(1);
    registry.spoil(() => ({ status: 503 }));
    const { status, body } = await trigger('hotfix', {});
    expect({ status, message: body.error.message }).toEqual({
      status: 502,
      message: expect.stringMatching(
        /^npmjs could not be polled first \(UNREACHABLE: .*\); send "poll": false/,
      ),
    });
    expect(await decisions('hotfix')).toContain(`refused: ${body.error.message}`);
    registry.spoil();
  });

  it('is refused for bytes that nobody has acknowledged, and holds the stages to come', async () => {
    const { publish, registry, untilRun, post, restart, untilDecided } = story();
    await publish('2.1.0');
    const { counter } = (await trigger('hotfix', { materials: { 'npmjs/app': '2.1.0' } })).body;
    registry.republish('2.1.0');
    await untilState('2.1.0', 'republished');
    const refused = await trigger('hotfix', { materials: { 'npmjs/app': '2.1.0' } });
    expect(refused).toMatchObject({
      status: 422,
      body: {
        error: {
          message: `npmjs/app "2.1.0" was published again with other bytes; acknowledge ${bytesOf('2.1.0')} first`,
        },
      },
    });
    expect((await post('ada', `/pipelines/hotfix/runs/${counter}/stages/one/approve`)).status).toBe(200);
    await untilDecided(
      'hotfix',
      `held: run ${counter} does not enter one: npmjs/app 2.1.0 was published again with other bytes, which nobody has acknowledged`,
    );
    await restart();
    await untilRun('hotfix', counter, ({ stages }) => stages[0]?.status === 'pending' && stages[0].held);
    const acknowledge = (digest: string) =>
      post('ada', `${revisions}/2.1.0/acknowledge`, { digest, comment: 'built again' });
    expect((await acknowledge(digestOf('2.1.0'))).status).toBe(409);
    expect((await acknowledge(bytesOf('2.1.0'))).status).toBe(200);
    await untilRun('hotfix', counter, ({ status }) => status === 'passed');
    expect(await trigger('hotfix', { materials: { 'npmjs/app': '2.1.0' } })).toMatchObject({
      status: 201,
      body: { materials: [{ digest: bytesOf('2.1.0') }] },
    });
  });

  it('takes what was withdrawn for an admin alone, with a comment', async () => {
    const { publish, registry, untilRun, post } = story();
    await publish('2.2.0', '2.3.0', '2.4.0');
    registry.unpublish('2.2.0');
    await untilState('2.2.0', 'withdrawn');
    const materials = { 'npmjs/app': '2.2.0' };
    expect(await trigger('hotfix', { materials })).toMatchObject({
      status: 422,
      body: { error: { message: 'npmjs/app "2.2.0" was withdrawn from its repository; choose another' } },
    });
    expect((await trigger('hotfix', { materials, override: true, comment: 'audit' })).status).toBe(403);
    expect((await trigger('hotfix', { materials, override: true }, 'root')).status).toBe(400);
    const { status, body } = await trigger('hotfix', { materials, override: true, comment: 'audit' }, 'root');
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        cause: 'triggered by root, despite what is wrong with its revisions: audit',
        materials: [{ version: '2.2.0' }],
      },
    });
    await untilRun('hotfix', body.counter, stageIs('one', 'waiting'));
    expect((await post('ada', `/pipelines/hotfix/runs/${body.counter}/stages/one/approve`)).status).toBe(200);
    await untilRun('hotfix', body.counter, (run) => run.status === 'passed');
  });
});
