import { expect, it } from 'vitest';
import type { ApprovalConfig } from '../../../src/config/config.ts';
import { makeApproval, makePipeline, makeStage } from '../configs.ts';
import { describeWorlds } from '../describe-worlds.ts';
import { failed, type World } from '../world.ts';

function withApproval(approval: ApprovalConfig) {
  return makePipeline('p', { stages: [makeStage('build'), makeStage('deploy', undefined, approval)] });
}

const judged = makeApproval({ evenAfterFailure: true });

async function failBuild(world: World): Promise<void> {
  await world.publish('a', ['1.0.0']);
  await world.work(failed);
  expect((await world.runs())[0]?.status).toBe('waiting');
}

describeWorlds('a run whose stage has failed, and that people are to judge', (open) => {
  it.each([
    ['nobody is asked any more', { type: 'auto' }],
    ['people are asked, but not after a failure', makeApproval()],
  ] as const)('ends where the configuration says by now that %s', async (_, approval) => {
    const world = await open(withApproval(judged));
    await failBuild(world);
    await world.adopt([withApproval(approval)]);
    expect(await world.claim()).toEqual([]);
    expect((await world.runs())[0]?.status).toBe('failed');
    expect((await world.decisions()).at(-1)).toMatchObject({
      outcome: 'refused',
      code: 'not-after-failure',
      facts: { run: 1, stage: 'deploy', before: 'build' },
    });
  });

  it('waits on where others are asked now', async () => {
    const world = await open(withApproval(judged));
    await failBuild(world);
    await world.adopt([withApproval({ ...judged, required: 2 })]);
    expect((await world.runs())[0]?.status).toBe('waiting');
  });
});
