import { expect, it } from 'vitest';
import { because } from '../../src/domain/reason.ts';
import { type DecisionSearch, searchDecisions } from '../../src/store/decision-search.ts';
import { appendDecisions, type DecisionView } from '../../src/store/decisions.ts';
import { findPipeline } from '../../src/store/pipelines.ts';
import { type SearchRequest, splitWords } from '../../src/store/search.ts';
import { dependOn, listenTo, makeApproval, makePipeline, makeStage, runJob } from '../engine/configs.ts';
import { describeWorlds } from '../engine/describe-worlds.ts';
import { person, type World } from '../engine/world.ts';

const stages = [makeStage('build'), makeStage('prod', [runJob('work')], makeApproval())];
const build = makePipeline('build-web', { materials: [listenTo('a', 'every')], stages });
const deploy = makePipeline('deploy-web', { materials: [dependOn('build-web', 'latest', 'prod')] });
const other = makePipeline('other', { materials: [listenTo('b', 'every')] });

async function live(world: World): Promise<void> {
  await world.publish('a', ['2.2.0', '2.3.0-rc.1']);
  await world.publish('b', ['7.0.0']);
  for (let round = 0; round < 4; round++) await world.work();
  await world.approve('build-web/1/prod', { actor: person('Alice'), comment: 'as agreed' });
  for (let round = 0; round < 4; round++) await world.work();
  await world.trigger('other', { materials: { 'npmjs/b': '7.0.0' }, actor: person('bob') });
}

const read = (world: World, q: string, more: Partial<DecisionSearch & SearchRequest> = {}) =>
  world.store.read((tx) =>
    searchDecisions(tx, { words: splitWords(q), isVisible: () => true, limit: 100, depth: 1_000, ...more }),
  );
const pipelinesOf = (items: readonly DecisionView[]) =>
  [...new Set(items.map(({ pipeline }) => pipeline))].toSorted();

describeWorlds('decisions are searched', (open) => {
  it('by any fragment of what they are about, who it was, and what became of it', async () => {
    const world = await open(build, deploy, other);
    await live(world);
    const found = async (q: string) => pipelinesOf((await read(world, q)).items);
    const web = ['build-web', 'deploy-web'];
    // A version, also where it is behind a run.
    expect(await found('2.2')).toEqual(web);
    expect(await found('js/b')).toEqual(['other']);
    expect(await found('npmjs/a@2.2.0')).toEqual(web);
    expect(await found('2.2.0 npmjs/A')).toEqual(web);
    expect(await found('npmjs/b@2.2.0')).toEqual([]);
    expect(await found('-WEB')).toEqual(web);
    // Who started a run, and who approved.
    expect(await found('bob')).toEqual(['other']);
    expect(await found('lice')).toEqual(['build-web']);
    expect(await found('lice 2.2.0')).toEqual(['build-web']);
    expect(await found('start')).toEqual([...web, 'other']);
    expect(await found('2.2.0 nobody')).toEqual([]);
  });

  it('by what was decided, in some pipelines, newest first, page by page', async () => {
    const world = await open(build, deploy, other);
    await live(world);
    const all = await read(world, '', { outcome: 'started', pipelines: ['build-web', 'deploy-web'] });
    expect(pipelinesOf(all.items)).toEqual(['build-web', 'deploy-web']);
    expect(new Set(all.items.map(({ outcome }) => outcome))).toEqual(new Set(['started']));
    expect(all.items.map(({ at }) => at)).toEqual(all.items.map(({ at }) => at).toSorted((a, b) => b - a));
    const first = await read(world, '-web', { outcome: 'started', limit: 1 });
    const rest = await read(world, '-web', { outcome: 'started', after: first.next ?? 0 });
    expect([...first.items, ...rest.items]).toEqual(all.items);
    expect((await read(world, '', { pipelines: [] })).items).toEqual([]);
  });

  it('a part at a time, and each part says how far it looked', async () => {
    const world = await open(build, deploy, other);
    await live(world);
    const pipelineId = (await world.store.read((tx) => findPipeline(tx, 'other'))) ?? 0;
    const about = {
      pipelineId,
      packageId: null,
      version: null,
      outcome: 'waits',
      materials: {},
      runId: null,
    } as const;
    const later = Array.from({ length: 20 }, (_, index) => ({
      ...about,
      at: 9_000_000 + index,
      reason: because('unheard', {}),
    }));
    await world.store.transact((tx) => appendDecisions(tx, later));
    const first = await read(world, '7.0.0', { depth: 10, pipelines: ['other'] });
    expect(first).toMatchObject({ items: [], searchedTo: 9_000_010 });
    const second = await read(world, '7.0.0', { depth: 11, after: first.next ?? 0, limit: 1 });
    expect(second.items).toHaveLength(1);
  });

  it('without telling whether there is a pipeline that the reader may not see', async () => {
    const world = await open(build, deploy, other);
    const secret = makePipeline('secret', { materials: [listenTo('a', 'every')] });
    await world.adopt([
      secret,
      makePipeline('open', { materials: [dependOn('secret', 'manual'), listenTo('b')] }),
    ]);
    const pipelineId = (await world.store.read((tx) => findPipeline(tx, 'open'))) ?? 0;
    const about = {
      at: 1,
      pipelineId,
      packageId: null,
      version: null,
      outcome: 'refused',
      runId: null,
    } as const;
    const decision = {
      ...about,
      reason: because('unchanged', {}),
      materials: { secret: 17, 'npmjs/b': '1.0.0' },
    };
    await world.store.transact((tx) => appendDecisions(tx, [decision]));
    const limited = { pipelines: ['open'], isVisible: (name: string) => name === 'open' };
    expect((await read(world, 'secret')).items).toHaveLength(1);
    expect((await read(world, 'secret@17')).items).toHaveLength(1);
    for (const q of ['secret', 'ecre', 'secret@17', '17'])
      expect((await read(world, q, limited)).items).toEqual([]);
    expect((await read(world, '1.0.0', limited)).items).toHaveLength(1);
  });

  it('for what a text says, not for a pattern', async () => {
    const world = await open(build, deploy, other);
    await live(world);
    for (const q of ['%', '_', '\\', '"', '2.2%']) expect((await read(world, q)).items).toEqual([]);
  });
});
