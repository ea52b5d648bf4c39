import { expect, it, onTestFinished } from 'vitest';
import { readEvents, type ToldEvent } from '../../../../test/support/event-reader.ts';
import { placeSqlite } from '../../../../test/support/stores.ts';
import { appendLog } from '../../../src/store/logs.ts';
import { makePipeline } from '../../engine/configs.ts';
import { World } from '../../engine/world.ts';
import { openHouse } from '../house.ts';

const published = { type: 'artifact.published', subject: 'npmjs/a', data: { version: '1.0.0' } } as const;
const queued = { type: 'pipelinerun.queued', subject: 'build/1', data: { pipeline: 'build' } } as const;
const isQueued = ({ type }: ToldEvent) => type === 'pipelinerun.queued';
const pipelines = (view: readonly string[] | undefined) =>
  new Map([['build', makePipeline('build', { access: { view, operate: undefined, approve: undefined } })]]);

it('events that a demoted token may not see any more are not told to its open stream', async () => {
  const house = await openHouse({ people: { victor: ['viewer'] }, pipelines: pipelines(['victor']) });
  const stream = await house.ask('/api/v1/events', 'victor');
  house.reconfigure({ people: { victor: [] }, pipelines: pipelines(['victor']) });
  await house.tell(published);
  await house.tell(queued);
  expect((await readEvents(stream, isQueued)).map(({ subject }) => subject)).toEqual(['build/1']);
});

it.each(['/api/v1/events', '/live'])(
  '%s ends where its token is revoked, without waiting for anything to happen',
  async (path) => {
    const house = await openHouse({ people: { victor: ['viewer'], alice: ['admin'] } });
    const stream = await house.ask(path, 'victor');
    house.reconfigure({ people: { alice: ['admin'] } });
    await stream.text();
  },
);

it.each(['/api/v1/events', '/live'])(
  '%s ends where the configuration begins to ask for a token',
  async (path) => {
    const house = await openHouse();
    const stream = await house.ask(path);
    house.reconfigure({ people: { alice: ['admin'] } });
    await stream.text();
  },
);

it.each(['/api/v1/events', '/live'])(
  '%s ends where it came through a proxy, and access rules are gone',
  async (path) => {
    const house = await openHouse({ people: { alice: ['admin'] } });
    const stream = await house.ask(path, 'alice', { headers: { 'x-forwarded-for': '192.0.2.1' } });
    house.reconfigure({});
    await stream.text();
  },
);

it.each([
  [
    'whose role is gone',
    '/live/audit',
    { people: { alice: ['viewer'] }, pipelines: pipelines(undefined) },
    403,
  ],
  [
    'whose pipeline is hidden',
    '/live/pipelines/build',
    { people: { alice: ['viewer'] }, pipelines: pipelines([]) },
    404,
  ],
  ['whose token is revoked', '/live/', { people: {} }, 401],
])('an open page %s is told nothing more', async (_, path, changes, status) => {
  const house = await openHouse({ people: { alice: ['admin'] }, pipelines: pipelines(undefined) });
  const statusOf = async () => (await house.ask(`${path}?place=0`, 'alice')).status;
  if (path !== '/live/pipelines/build') expect(await statusOf()).toBe(200);
  house.reconfigure(changes);
  expect(await statusOf()).toBe(status);
});

it('an open page shows what its reader may see by now, whatever was read for it a moment ago', async () => {
  const house = await openHouse({ people: { alice: ['admin'] }, pipelines: pipelines([]) });
  await house.tell({ type: 'configuration.loaded', subject: 'configuration', data: {} });
  const read = async () => (await house.ask('/live/configuration?place=0', 'alice')).text();
  expect(await read()).toContain('<summary>build ');
  house.reconfigure({ people: { alice: ['viewer'] }, pipelines: pipelines([]) });
  expect(await read()).not.toContain('<summary>build ');
});

it('a log that is being kept as a file breaks off', async () => {
  const place = await placeSqlite();
  const world = await World.open(place, [makePipeline('p')]);
  onTestFinished(() => world.close());
  await world.publish('a', ['1.0.0']);
  const [job] = await world.claim();
  for (let part = 1; part <= 400; part++) {
    await world.store.transact((tx) =>
      appendLog(tx, job?.lease.id ?? 0, `${'x'.repeat(99_999)}\n`, part * 100_000),
    );
  }
  const { config, store } = world;
  const house = await openHouse({ people: { alice: ['admin'] }, pipelines: config.pipelines }, { store });
  const answer = await house.ask('/pipelines/p/runs/1/stages/build/1/jobs/work/log.txt', 'alice');
  expect(answer.status).toBe(200);
  house.reconfigure({ people: { alice: [] }, pipelines: config.pipelines });
  await expect(answer.text()).rejects.toThrow('terminated');
});

it('of 1,000 streams one person has 200 at most, whatever address they come from', async () => {
  const house = await openHouse({ people: { alice: ['viewer'], bob: ['viewer'] } });
  const open = async (as: string) => (await house.ask('/live', as)).status;
  const statuses = await Promise.all(Array.from({ length: 200 }, () => open('alice')));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect([await open('alice'), await open('bob')]).toEqual([429, 200]);
});
