import { expect, it } from 'vitest';
import { say } from '../../src/domain/reason.ts';
import type { Actor } from '../../src/engine/actor.ts';
import type { TriggerByHand } from '../../src/engine/happening.ts';
import { listenTo, makePipeline } from './configs.ts';
import { describeWorlds } from './describe-worlds.ts';
import type { World } from './world.ts';

const alice = { name: 'alice', person: 'alice', roles: ['operator'] };
const materials = [listenTo('a', 'manual'), listenTo('b', 'manual')];

function trigger(
  world: World,
  { pipeline = 'p', ...request }: Partial<TriggerByHand> & { readonly actor?: Actor } = {},
) {
  return world.trigger(pipeline, request);
}

describeWorlds('triggering a run by hand', (open) => {
  it('pins what was chosen, and of the others the highest', async () => {
    const world = await open(makePipeline('p', { materials, environment: { TARGET: 'uat' } }));
    await world.publish('a', ['1.0.0', '2.0.0']);
    await world.publish('b', ['1.0.0', '2.0.0']);
    const { run: counter } = await trigger(world, {
      materials: { 'npmjs/a': '1.0.0' },
      environment: { TARGET: 'prod' },
      actor: alice,
    });
    expect(counter).toBe(1);
    expect(await world.summary()).toEqual(['1 a@1.0.0 b@2.0.0 running']);
    expect((await world.runs())[0]?.cause).toBe('triggered by alice');
    expect((await world.claim())[0]?.facts.run.environment).toEqual({ TARGET: 'prod' });
    expect(await world.outcomes()).toEqual(['1.0.0 2.0.0 started']);
  });

  it('waits for its turn, goes before triggers, and does not take their place', async () => {
    const world = await open(makePipeline('p'));
    await world.publish('a', ['1.0.0', '1.1.0']);
    await trigger(world, { materials: { 'npmjs/a': '1.0.0' } });
    await world.publish('a', ['1.2.0']);
    await trigger(world);
    expect(await world.summary()).toEqual(['1 a@1.1.0 running', '2 a@1.0.0 pending', '3 a@1.2.0 pending']);
    for (let round = 0; round < 6; round++) await world.work();
    expect(await world.summary()).toEqual([
      '1 a@1.1.0 passed',
      '2 a@1.0.0 passed',
      '3 a@1.2.0 passed',
      '4 a@1.2.0 passed',
    ]);
  });

  it.each([
    ['pipeline-unknown', { pipeline: 'other' }],
    ['material-unknown', { materials: { 'npmjs/c': '1.0.0' } }],
    ['version-unknown', { materials: { 'npmjs/a': '9.9.9' } }],
    ['version-unknown', { materials: { 'npmjs/a': '1.0.0\0' } }],
    ['material-unknown', { materials: { '\0': '1.0.0' } }],
    ['variable-unknown', { environment: { '\0': '\0' } }],
    ['version-withdrawn', { materials: { 'npmjs/a': '1.1.0' } }],
    ['version-republished', { materials: { 'npmjs/a': '1.2.0' } }],
    ['variable-unknown', { environment: { PATH: '/tmp' } }],
    ['set-missing', { materials: { 'npmjs/a': '1.0.0' } }],
  ] as const)('is refused with %s, and says so', async (code, request) => {
    const world = await open(makePipeline('p', { materials }));
    await world.publish('a', ['1.0.0', '1.1.0', '1.2.0']);
    await world.amend('a', '1.1.0', { state: 'withdrawn' });
    await world.amend('a', '1.2.0', { state: 'republished', unacknowledged: true });
    const { run: counter, refusal } = await trigger(world, request);
    expect([counter, refusal?.code]).toEqual([undefined, code]);
    expect(await world.runs()).toEqual([]);
    const decided = (await world.decisions()).map(({ outcome, reason }) => [outcome, reason]);
    expect(decided).toEqual(code === 'pipeline-unknown' ? [] : [['refused', refusal && say(refusal)]]);
  });

  it('is refused while the pipeline is paused', async () => {
    const world = await open(makePipeline('p'));
    await world.publish('a', ['1.0.0'], []);
    await world.pause('p', 'release week');
    expect((await trigger(world)).refusal?.code).toBe('pipeline-paused');
  });
});
