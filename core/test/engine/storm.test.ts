import { expect, it } from 'vitest';
import { happen } from '../../src/engine/happen.ts';
import { insertRevisions } from '../../src/store/ledger.ts';
import { loadListeners, noteBaselines } from '../../src/store/listeners.ts';
import { findPackages } from '../../src/store/pipelines.ts';
import { listenTo, makePipeline, makeStage } from './configs.ts';
import { describeWorlds } from './describe-worlds.ts';
import { person, type World } from './world.ts';

const every = makePipeline('p', {
  maxNewRuns: 2,
  materials: [listenTo('a', 'every')],
  stages: [makeStage('build')],
});
const latest = { ...every, materials: [listenTo('a'), listenTo('b')] };

/** What one transaction of a poll brings, as its commit does it. */
async function commit(world: World, poll: string, name: string, versions: readonly string[]): Promise<void> {
  await world.store.transact(async (tx) => {
    const packages = await findPackages(tx, [{ repository: 'npmjs', package: name }]);
    const packageId = packages.get(`npmjs/${name}`) ?? 0;
    await noteBaselines(tx, await loadListeners(tx, [packageId]), world.now());
    const { count } = await tx.db
      .selectFrom('revision')
      .select((e) => e.fn.countAll().as('count'))
      .where('package_id', '=', packageId)
      .executeTakeFirstOrThrow();
    const revisions = versions.map((version, index) => ({
      packageId,
      facts: { version },
      rank: Number(count) + index,
      described: true,
      detectedAt: world.now(),
    }));
    const fresh = (await insertRevisions(tx, revisions)).map(({ id, version }, index) => ({
      revisionId: id,
      version,
      digest: '',
      rank: Number(count) + index,
      state: 'published' as const,
      standing: 'ok' as const,
    }));
    const news = {
      ...({
        packageId,
        material: `npmjs/${name}`,
        config: { first: 'latest', accept: [] },
        now: world.now(),
      } as const),
      isTouched: true,
      conclusive: true,
      fresh,
      newest: fresh.at(-1),
      selected: fresh.length,
      move: 0,
      moved: false,
      changed: [],
    };
    await happen(tx, { kind: 'published', news: [news], poll }, world.options());
  });
}

function take(world: World, what: 'all' | 'newest' | 'none') {
  return world.operate({ what: `take ${what}`, pipeline: 'p' }, { actor: person('alice') });
}

async function workAll(world: World): Promise<void> {
  while ((await world.work()).length > 0);
}

describeWorlds('the storm guard', (open) => {
  it('holds what one poll would start beyond maxNewRuns, however many transactions it takes, and says so', async () => {
    const world = await open(every);
    await commit(world, '1:1', 'a', ['1.0.0']);
    await commit(world, '1:1', 'a', ['1.1.0', '1.2.0', '1.3.0']);
    await workAll(world);
    expect(await world.summary()).toEqual(['1 a@1.0.0 passed', '2 a@1.1.0 passed']);
    const held = (await world.decisions()).filter(({ outcome }) => outcome === 'held');
    expect(held.map(({ reason }) => reason)).toEqual(
      ['1.2.0', '1.3.0'].map(
        (version) =>
          `${version}: one poll may start 2 runs here (maxNewRuns); take or drop the rest that it would start`,
      ),
    );
    await commit(world, '1:2', 'a', ['1.4.0']);
    await workAll(world);
    expect((await world.summary()).at(-1)).toBe('3 a@1.4.0 passed');
  });

  it.each([
    ['all', ['1.2.0', '1.3.0']],
    ['newest', ['1.3.0']],
    ['none', []],
  ] as const)('lets an operator take %s', async (what, versions) => {
    const world = await open(every);
    await commit(world, '1:1', 'a', ['1.0.0', '1.1.0', '1.2.0', '1.3.0']);
    await take(world, what);
    await workAll(world);
    const runs = ['1.0.0', '1.1.0', ...versions].map((version, index) => `${index + 1} a@${version} passed`);
    expect(await world.summary()).toEqual(runs);
    const dropped = (await world.decisions()).filter(({ outcome }) => outcome === 'refused');
    expect(dropped.map(({ materials }) => materials['npmjs/a'])).toEqual(
      ['1.2.0', '1.3.0'].filter((version) => !(versions as readonly string[]).includes(version)),
    );
    expect((await take(world, 'all')).refusal?.code).toBe('nothing-held');
  });

  it('counts what latest brings at once as the one run that it starts, and keeps no newest version back', async () => {
    const world = await open(latest);
    await commit(world, '1:1', 'a', ['1.0.0', '1.1.0', '1.2.0', '1.3.0']);
    await commit(world, '1:1', 'b', ['1.0.0']);
    await workAll(world);
    expect(await world.summary()).toEqual(['1 a@1.3.0 b@1.0.0 passed']);
    await commit(world, '1:1', 'a', ['1.4.0']);
    await commit(world, '1:1', 'b', ['1.1.0']);
    await workAll(world);
    expect((await world.outcomes()).at(-1)).toBe('1.1.0 held');
    expect(await world.summary()).toHaveLength(2);
  });
});
