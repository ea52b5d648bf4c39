import { expect, it } from 'vitest';
import { insertRevisions } from '../../../src/store/ledger.ts';
import { findPackages, findPipeline, listPipelineNames } from '../../../src/store/pipelines.ts';
import { readPublishing } from '../../../src/store/publications.ts';
import { traceValueStream } from '../../../src/store/value-stream/value-stream.ts';
import { dependOn, listenTo, makePipeline, makeStage } from '../../engine/configs.ts';
import { describeWorldsContract } from '../../engine/describe-worlds.ts';
import type { World } from '../../engine/world.ts';

const stages = [makeStage('deploy')];
const build = makePipeline('build', { label: 'v1.${COUNT}', stages, publishes: ['npmjs/b'] });
const use = makePipeline('use', { label: '${COUNT}', materials: [listenTo('b', 'manual')], stages });
const after = makePipeline('after', { label: '${COUNT}', materials: [dependOn('build')], stages });

/** Records a revision of npmjs/b as a poll does; answers its id. */
async function record(
  world: World,
  version: string,
  data: Readonly<Record<string, string>> = {},
): Promise<number> {
  return world.store.transact(async (tx) => {
    const packageId = (await findPackages(tx, [{ repository: 'npmjs', package: 'b' }])).get('npmjs/b') ?? 0;
    const facts = { version, data };
    const [row] = await insertRevisions(tx, [
      { packageId, facts, rank: 0, described: true, detectedAt: world.now() },
    ]);
    return row?.id ?? 0;
  });
}

async function trace(
  world: World,
  revision: number,
  hidden: readonly string[] = [],
): Promise<readonly string[]> {
  const { edges } = await world.store.transact(async (tx) => {
    const names = await listPipelineNames(tx);
    const isVisible = (id: number) => !hidden.includes(names.get(id) ?? '');
    const publishing = await readPublishing(tx, world.config);
    return traceValueStream(tx, { kind: 'package', id: revision }, { publishing, isVisible });
  });
  return edges.map(({ from, to }) => `${from} > ${to}`).toSorted();
}

/** Two runs of build, labelled v1.1 and v1.2. */
async function runTwice(world: World): Promise<void> {
  for (const version of ['1.0.0', '2.0.0']) {
    await world.publish('a', [version], ['build']);
    await world.work();
  }
}

describeWorldsContract('the value stream across a repository', (open) => {
  it('goes by the label, with a v or without', async () => {
    const world = await open(build);
    await runTwice(world);
    expect(await trace(world, await record(world, '1.1'))).toEqual([
      'build/1 > npmjs/b@1.1',
      'npmjs/a@1.0.0 > build/1',
    ]);
    expect(await trace(world, await record(world, 'v1.2'))).toEqual([
      'build/2 > npmjs/b@v1.2',
      'npmjs/a@2.0.0 > build/2',
    ]);
    expect(await trace(world, await record(world, '1.3'))).toEqual([]);
  });

  it('goes by the data before the label, if a pipeline that publishes the package is named', async () => {
    const world = await open(build, use);
    await runTwice(world);
    const named = await record(world, '1.1', { SLUICE_RUN: 'build/2' });
    expect(await trace(world, named)).toEqual(['build/2 > npmjs/b@1.1', 'npmjs/a@2.0.0 > build/2']);
    expect(await trace(world, await record(world, '1.2', { SLUICE_RUN: 'use/1' }))).toEqual([]);
    expect(await trace(world, await record(world, '1.4', { SLUICE_RUN: 'nonsense' }))).toEqual([]);
  });

  it('never names a run that came after the revision', async () => {
    const world = await open(build);
    const early = await record(world, '1.1');
    await runTwice(world);
    expect(await trace(world, early)).toEqual([]);
  });

  it('does not pass through pipelines that are hidden', async () => {
    const world = await open(build, after);
    await runTwice(world);
    const id = await world.store.transact(async (tx) => {
      expect(await findPipeline(tx, 'build')).toBeDefined();
      const { id } = await tx.db
        .selectFrom('revision')
        .select('id')
        .where('version', '=', '2.0.0')
        .executeTakeFirstOrThrow();
      return id;
    });
    await world.work();
    expect(await trace(world, id)).toContain('build/2 > after/2');
    expect(await trace(world, id, ['after'])).toEqual(['npmjs/a@2.0.0 > build/2']);
    expect(await trace(world, id, ['build'])).toEqual([]);
  });
});
