import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describePromotion } from '../../support/describe-promotion.ts';
import type { AnsweredRun, Person } from '../../support/promotion-story.ts';
import { digestOf } from '../../support/scripted-registry.ts';
import { until } from '../../support/until.ts';

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const pipelines = `
  theirs:
    access: { view: [victor], operate: [quentin], approve: ["role:qa"] }
    materials: [{ package: npmjs/web, trigger: manual }]
    stages: [{ name: one, approval: manual, jobs: { it: { run: 'true' } } }]
  work:
    lock: onFailure
    maxNewRuns: 1
    materials: [{ package: npmjs/app, trigger: every, as: IT }]
    stages:
      - { name: one, approval: { type: manual, by: ["role:qa"] }, jobs: { it: { run: 'true' } } }
      - { name: two, jobs: { it: { run: 'test "$GO_PACKAGE_IT_LABEL" != 2.0.0' } } }
`;

describePromotion('access', { pipelines, packages: { web: '^1', app: '^2' } }, (story) => {
  const statusOf = async (as: Person, path: string, body?: object) =>
    (await (body ? story().post(as, path, body) : story().ask(as, path))).status;

  it("goes by a pipeline's lists of who sees, operates and approves it", async () => {
    const { publish, ask } = story();
    const path = '/pipelines/theirs';
    const each = async (below: string, body?: object) => {
      const found: Partial<Record<Person, number>> = {};
      for (const as of ['victor', 'ada', 'quinn'] as const)
        found[as] = await statusOf(as, `${path}${below}`, body);
      return found;
    };
    await publish('1.0.0');
    expect(await each('')).toEqual({ victor: 200, ada: 404, quinn: 200 });
    expect(await ask('ada', '/pipelines')).toMatchObject({ body: { items: [{ name: 'work' }] } });
    expect(await each('/runs', { poll: false })).toEqual({ victor: 403, ada: 404, quinn: 403 });
    expect(await statusOf('quentin', `${path}/runs`, { poll: false })).toBe(201);
    expect(await each('/runs/1/stages/one/approve', {})).toEqual({ victor: 403, ada: 404, quinn: 200 });
    expect(await statusOf('root', `${path}/pause`, { comment: 'enough' })).toBe(200);
  });

  it('writes down everything that changes something: who, what, from where, when', async () => {
    const { publish, post, untilRun, registry, ask, restart } = story();
    const act = async (as: Person, path: string, body: object = {}) =>
      expect((await post(as, path, body)).status).toBeLessThan(300);
    const work = '/pipelines/work';
    const hasFailed = ({ status }: AnsweredRun) => status === 'failed';
    await publish('2.0.0');
    await act('quill', `${work}/runs/1/stages/one/approve`, { comment: 'fine' });
    await untilRun('work', 1, hasFailed);
    await act('ada', `${work}/runs/1/stages/two/rerun`, { failedJobsOnly: true });
    await untilRun('work', 1, (run) => hasFailed(run) && run.stages.length === 3);
    await publish('2.1.0', '2.2.0');
    await act('ada', `${work}/held`, { take: 'none' });
    await act('ada', `${work}/unlock`);
    await act('quinn', `${work}/runs/2/stages/one/reject`, { comment: 'slow' });
    await act('ada', `${work}/runs`, { materials: { 'npmjs/app': '2.2.0' }, poll: false, comment: 'try' });
    await act('ada', `${work}/runs/3/stages/one/cancel`);
    await act('ada', `${work}/pause`, { comment: 'lunch' });
    await act('ada', `${work}/unpause`);
    registry.republish('2.2.0');
    await publish();
    const digest = digestOf('other bytes of 2.2.0');
    await act('ada', '/repositories/npmjs/packages/app/revisions/2.2.0/acknowledge', {
      digest,
      comment: 'built again',
    });
    expect(await statusOf('victor', `${work}/pause`, { comment: 'no' })).toBe(403);
    expect(await statusOf('ada', `${work}/runs/3/stages/one/cancel`, {})).toBe(409);
    expect(await statusOf('ada', '/audit')).toBe(403);
    await restart();

    const read = async (subject: string) => {
      const { body } = await ask<{ items: readonly Readonly<Record<string, unknown>>[] }>(
        'root',
        `/audit?subject=${subject}`,
      );
      return body.items.toReversed();
    };
    const items = await read('work');
    expect(
      items.map(({ actor, person, action, subject }) => [actor, person, action, subject].join(' ')),
    ).toEqual([
      'quill quinn approve work/1/one',
      'ada ada rerun work/1/two',
      'ada ada take held work',
      'ada ada unlock work',
      'quinn quinn reject work/2/one',
      'ada ada trigger work/3',
      'ada ada cancel work/3/one',
      'ada ada pause work',
      'ada ada unpause work',
    ]);
    for (const item of items) expect(item).toMatchObject({ from: '127.0.0.1', at: isoTime });
    expect(items[0]).toMatchObject({ details: { comment: 'fine' } });
    expect(items[5]).toMatchObject({ details: { materials: { 'npmjs/app': '2.2.0' }, comment: 'try' } });
    expect(await read('npmjs/app')).toMatchObject([
      { actor: 'ada', action: 'acknowledge', subject: 'npmjs/app/2.2.0' },
    ]);
  });

  it('takes a token that sluice token new has made, once its line is in the file', async () => {
    const { place, server } = story();
    const { stdout } = await place.sluice('token', 'new', '--name', 'nora', '--role', 'viewer');
    const [token = '', line = ''] = stdout.split('\n');
    const me = () => fetch(`${server().url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
    expect((await me()).status).toBe(401);
    const yaml = await readFile(join(place.directory, 'sluice.yaml'), 'utf8');
    expect(yaml).not.toContain(token);
    await place.configure(yaml.replace('  tokens:\n', `  tokens:\n${line}\n`));
    const answer = await until(async () => {
      const found = await me();
      return found.status === 200 && found;
    });
    expect(await answer.json()).toEqual({ name: 'nora', person: 'nora', roles: ['viewer'] });
  });
});
