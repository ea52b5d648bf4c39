import { expect, it } from 'vitest';
import { describePromotion } from '../../support/describe-promotion.ts';
import { type AnsweredRun, note, tokenOf } from '../../support/promotion-story.ts';

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const guarded = (name: string) => `
  ${name}:
    maxNewRuns: 2
    materials: [{ package: npmjs/storm, trigger: every, as: IT }]
    stages: [{ name: one, jobs: ${note(`${name} $GO_PIPELINE_COUNTER $GO_PACKAGE_IT_LABEL`)} }]
`;
const pipelines = `
  build:
    materials: [{ package: npmjs/web }]
    stages: [{ name: one, approval: { type: manual, by: ["role:qa"] }, jobs: { it: { run: 'true' } } }]
  ship:
    materials: [{ pipeline: build }, { pipeline: missing, trigger: manual }]
    stages: [{ name: one, jobs: { it: { run: 'true' } } }]
  missing:
    materials: [{ package: npmjs/web, trigger: manual }]
    stages: [{ name: one, jobs: { it: { run: 'true' } } }]
${guarded('release')}${guarded('newest')}${guarded('none')}`;
const packages = { web: '^1', storm: '^2' };
const hasPassed = ({ status }: AnsweredRun) => status === 'passed';

describePromotion('decisions', { pipelines, packages }, (story) => {
  /** What somebody sees of a pipeline's decisions, oldest first. */
  const explain = async (pipeline: string, query = '') => {
    const { body } = await story().ask<{ items: readonly Readonly<Record<string, unknown>>[] }>(
      'victor',
      `/pipelines/${pipeline}/decisions${query}`,
    );
    return body.items.toReversed();
  };
  const sluice = async (...args: readonly string[]) => {
    const { place, server } = story();
    const { code, stdout, stderr } = await place.sluice(
      ...args,
      '--server',
      server().url,
      '--token',
      tokenOf('victor'),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout.trimEnd().split('\n');
  };

  it('are left by every revision, pass, approval and refusal, with links to what they talk about', async () => {
    const { publish, post, untilRun } = story();
    const of = (version: string) => ({
      'npmjs/web': `/api/v1/repositories/npmjs/packages/web/revisions/${version}/value-stream`,
    });
    const links = { run: '/api/v1/pipelines/build/runs/1', upstream: null, materials: {} };
    await publish('1.1.0');
    await publish('1.0.0');
    expect((await post('ada', '/pipelines/build/runs/1/stages/one/approve')).status).toBe(403);
    expect(
      (await post('quinn', '/pipelines/build/runs/1/stages/one/approve', { comment: 'fine' })).status,
    ).toBe(200);
    expect(
      (await post('ada', '/pipelines/build/runs', { materials: { 'npmjs/web': '9' }, poll: false })).status,
    ).toBe(422);
    await untilRun('build', 1, hasPassed);
    const about = { at: isoTime, pipeline: 'build', upstream: null };
    expect((await explain('build')).slice(-6)).toEqual([
      {
        ...about,
        outcome: 'started',
        reason: 'npmjs/web 1.1.0 was published',
        code: 'published',
        facts: { package: 'npmjs/web', version: '1.1.0' },
        materials: { 'npmjs/web': '1.1.0' },
        run: 1,
        links: { ...links, materials: of('1.1.0') },
      },
      {
        ...about,
        outcome: 'waits',
        reason: 'run 1 waits for approval to enter one: role:qa',
        code: 'waits-for-approval',
        facts: { run: 1, stage: 'one', by: ['role:qa'], required: 1, given: 0, lapsed: [] },
        materials: {},
        run: 1,
        links,
      },
      {
        ...about,
        outcome: 'superseded',
        materials: { 'npmjs/web': '1.0.0' },
        run: null,
        code: 'lower-than-had',
        facts: { version: '1.0.0' },
        reason: '1.0.0: the pipeline has had a higher one, and trigger: latest never goes down',
        links: { run: null, upstream: null, materials: of('1.0.0') },
      },
      {
        ...about,
        outcome: 'refused',
        reason: 'ada is none of those who may approve: role:qa',
        code: 'not-approver',
        facts: { by: 'ada', who: ['role:qa'] },
        materials: {},
        run: 1,
        links,
      },
      {
        ...about,
        outcome: 'started',
        reason: 'quinn approved run 1 for one: fine',
        materials: {},
        run: 1,
        links,
        code: 'approved',
        facts: { run: 1, stage: 'one', by: 'quinn', comment: 'fine' },
      },
      {
        ...about,
        outcome: 'refused',
        materials: { 'npmjs/web': '9' },
        run: null,
        code: 'version-unknown',
        facts: { package: 'npmjs/web', version: '9' },
        reason: 'npmjs/web "9" is not in the ledger; poll its repository, or choose another version',
        links: { run: null, upstream: null, materials: of('9') },
      },
    ]);
    expect((await explain('ship')).at(-1)).toEqual({
      at: isoTime,
      pipeline: 'ship',
      outcome: 'waits',
      run: null,
      code: 'waits-for',
      facts: expect.objectContaining({ have: ['build'] }),
      reason: 'waits for missing to pass with npmjs/web 1.1.0 (build has)',
      materials: { build: 1 },
      upstream: { pipeline: 'build', counter: 1 },
      links: {
        run: null,
        upstream: '/api/v1/pipelines/build/runs/1',
        materials: { build: '/api/v1/pipelines/build/runs/1' },
      },
    });
  });

  it('are explained on the command line, all of them or those about a version', async () => {
    expect((await sluice('explain', 'build', '1.0.0')).map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'superseded build (npmjs/web 1.0.0): 1.0.0: the pipeline has had a higher one, and trigger: latest never goes down',
    ]);
    expect((await sluice('explain', 'ship', '1.1.0')).map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'waits ship (build 1): waits for missing to pass with npmjs/web 1.1.0 (build has)',
    ]);
    expect((await sluice('explain', 'build')).length).toBe((await explain('build')).length);
  });

  it('hold what a storm would start, until an operator releases it, takes the newest, or drops it', async () => {
    const { publish, post, ask, untilRun, restart, place, decisions } = story();
    await publish('2.1.0', '2.2.0', '2.3.0', '2.4.0');
    const takes = { release: 'all', newest: 'newest', none: 'none' } as const;
    for (const pipeline of Object.keys(takes)) await untilRun(pipeline, 2, hasPassed);
    await restart();
    for (const [pipeline, take] of Object.entries(takes)) {
      expect(await ask('victor', `/pipelines/${pipeline}/held`)).toMatchObject({
        body: {
          items: [{ materials: { 'npmjs/storm': '2.3.0' } }, { materials: { 'npmjs/storm': '2.4.0' } }],
        },
      });
      expect(await decisions(pipeline)).toContain(
        'held: 2.4.0: one poll may start 2 runs here (maxNewRuns); take or drop the rest that it would start',
      );
      expect((await post('victor', `/pipelines/${pipeline}/held`, { take })).status).toBe(403);
      expect(await post('ada', `/pipelines/${pipeline}/held`, { take })).toMatchObject({
        status: 200,
        body: { held: 0 },
      });
      expect((await post('ada', `/pipelines/${pipeline}/held`, { take })).status).toBe(409);
    }
    await untilRun('release', 4, hasPassed);
    await untilRun('newest', 3, hasPassed);
    expect((await place.lines('done')).toSorted()).toEqual([
      ...['newest 1 2.1.0', 'newest 2 2.2.0', 'newest 3 2.4.0'],
      ...['none 1 2.1.0', 'none 2 2.2.0'],
      ...['release 1 2.1.0', 'release 2 2.2.0', 'release 3 2.3.0', 'release 4 2.4.0'],
    ]);
    const dropped = 'refused: ada dropped it from what the storm guard held';
    expect((await decisions('newest')).filter((decision) => decision === dropped)).toHaveLength(1);
    expect((await decisions('none')).filter((decision) => decision === dropped)).toHaveLength(2);
  });
});
