import { expect, it } from 'vitest';
import { until } from '../../../test/support/until.ts';
import type { StageConfig } from '../../src/config/config.ts';
import { listStays, readOccupancies } from '../../src/store/level-views.ts';
import { dependOn, makeApproval, makePipeline, makeStage, runJob } from './configs.ts';
import { describeWorlds, type OpenWorld } from './describe-worlds.ts';
import { failed, person, type World } from './world.ts';

const levels = ['test', 'production'];
const deploying = (name: string, level = 'production'): StageConfig => ({ ...makeStage(name), level });

/** What is at a level, as `a live 2.0.0 over 1.0.0`. */
async function there(world: World, level = 'production'): Promise<readonly string[]> {
  const places = await world.store.read((tx) => readOccupancies(tx, [level]));
  return places.map(({ package: name, state, live, entering }) => {
    const over = state === 'live' || !live ? '' : ` over ${live.version}`;
    return `${name.replace('npmjs/', '')} ${state} ${(entering ?? live)?.version ?? ''}${over}`.trim();
  });
}

/** What was at a level, newest first, as `2.0.0 live`. */
async function history(world: World, level = 'production'): Promise<readonly string[]> {
  const { items } = await world.store.read((tx) => listStays(tx, { level, limit: 100 }));
  return items.map(({ version, state }) => `${version} ${state}`);
}

describeWorlds('a level', (openWorld) => {
  const open: OpenWorld = async (...pipelines) => {
    const world = await openWorld(...pipelines);
    await world.adopt(pipelines, { levels });
    return world;
  };

  it('is deployed to from the begin of a stage, and has what passed there', async () => {
    const world = await open(makePipeline('p', { stages: [deploying('go')] }));
    expect(await there(world)).toEqual([]);
    await world.publish('a', ['1.0.0']);
    expect(await there(world)).toEqual(['a deploying 1.0.0']);
    await world.work();
    expect(await there(world)).toEqual(['a live 1.0.0']);
    await world.publish('a', ['2.0.0']);
    expect(await there(world)).toEqual(['a deploying 2.0.0 over 1.0.0']);
    await world.work();
    expect(await there(world)).toEqual(['a live 2.0.0']);
    expect(await history(world)).toEqual(['2.0.0 live', '1.0.0 replaced']);
  });

  it('is uncertain after a failure, until a stage passes there', async () => {
    const pipelines = [makePipeline('p', { stages: [deploying('go')] })];
    const world = await open(...pipelines);
    await world.publish('a', ['1.0.0']);
    await world.work();
    await world.publish('a', ['2.0.0']);
    await world.work(failed);
    expect(await there(world)).toEqual(['a uncertain 2.0.0 over 1.0.0']);
    await world.publish('a', ['3.0.0']);
    await world.work(failed);
    expect(await there(world)).toEqual(['a uncertain 3.0.0 over 1.0.0']);
    await world.rerun('p/3/go');
    await world.work();
    expect(await there(world)).toEqual(['a live 3.0.0']);
    expect(await history(world)).toEqual([
      '3.0.0 live',
      '3.0.0 uncertain',
      '2.0.0 uncertain',
      '1.0.0 replaced',
    ]);
  });

  it('is as it was after a stage of which no job had begun', async () => {
    const pipelines = [makePipeline('p', { stages: [deploying('go')] })];
    const world = await open(...pipelines);
    await world.publish('a', ['1.0.0']);
    await world.work();
    await world.publish('a', ['2.0.0']);
    await world.cancel('p/2/go');
    expect(await there(world)).toEqual(['a live 1.0.0']);
    expect(await history(world)).toEqual(['2.0.0 undone', '1.0.0 live']);
  });

  it('is uncertain after a job was cancelled that had begun', async () => {
    const pipelines = [makePipeline('p', { stages: [deploying('go')] })];
    const world = await open(...pipelines);
    await world.publish('a', ['1.0.0']);
    const [job] = await world.claim();
    await world.cancel('p/1/go');
    expect(await there(world)).toEqual(['a deploying 1.0.0']);
    if (job) await world.end(job, failed);
    expect(await there(world)).toEqual(['a uncertain 1.0.0']);
  });

  it('has what passed the last of several stages there, and is uncertain where the run ends before', async () => {
    const stages = [
      deploying('first'),
      { ...makeStage('second', [runJob('x')], makeApproval()), level: 'production' },
    ];
    const world = await open(makePipeline('p', { stages }));
    await world.publish('a', ['1.0.0']);
    await world.work();
    expect(await there(world)).toEqual(['a deploying 1.0.0']);
    await world.approve('p/1/second');
    await world.work();
    expect(await there(world)).toEqual(['a live 1.0.0']);
    await world.publish('a', ['2.0.0']);
    await world.work();
    await world.reject('p/2/second', 'no');
    expect(await there(world)).toEqual(['a uncertain 2.0.0 over 1.0.0']);
  });

  it('takes all behind a pipeline that lists no package, at a stage that is named like it', async () => {
    const pipelines = [
      makePipeline('p', { stages: [makeStage('deploy')] }),
      makePipeline('q', { materials: [dependOn('p')], stages: [makeStage('test')] }),
    ];
    const world = await open(...pipelines);
    await world.publish('a', ['1.0.0'], ['p']);
    await world.work();
    await world.work();
    expect(await there(world, 'test')).toEqual(['a live 1.0.0']);
    expect(await there(world)).toEqual([]);
  });

  it('takes one run at a time of a package; others wait, and are looked at when it is free', async () => {
    const [p, q] = ['p', 'q'].map((name) => makePipeline(name, { stages: [deploying('go')] }));
    if (!p || !q) throw new Error('there are two');
    const world = await open(p, q);
    await world.publish('a', ['1.0.0'], ['p', 'q']);
    expect(await world.summary('p')).toEqual(['1 a@1.0.0 running']);
    expect(await world.summary('q')).toEqual(['1 a@1.0.0 pending']);
    expect((await world.decisions('q')).at(-1)).toMatchObject({ code: 'level-busy' });
    await world.work();
    await world.lookAtDue();
    expect(await world.summary('q')).toEqual(['1 a@1.0.0 running']);
    await world.work();
    expect(await history(world)).toEqual(['1.0.0 live', '1.0.0 replaced']);
  });

  it('takes one run at a time, however many nodes race for it', async () => {
    const names = ['p', 'q', 'r', 's', 't', 'u'];
    const pipelines = names.map((name) =>
      makePipeline(name, { stages: [{ ...deploying('go'), approval: makeApproval({}) }] }),
    );
    const world = await open(...pipelines);
    const versions = ['1.0.0', '2.0.0', '3.0.0'];
    for (const version of versions) await world.publish('a', [version]);
    const wanted = names.length * versions.length;
    const stays = async () => {
      const { items } = await world.store.read((tx) => listStays(tx, { level: 'production', limit: 100 }));
      return items;
    };
    const node = async (name: string) => {
      await until(async () => {
        await world.lookAtDue();
        for (const job of await world.claim(name)) await world.end(job);
        const all = await stays();
        const inside = all.filter(({ state }) => state === 'deploying');
        expect(inside.length).toBeLessThan(2);
        return all.length === wanted && inside.length === 0;
      });
    };
    const people = names.map(async (name) => {
      for (const [index] of versions.entries()) await world.approve(`${name}/${index + 1}/go`);
    });
    await Promise.all([...people, ...['one', 'two', 'three'].map(node)]);
    const entered = (await stays()).map(({ pipeline, counter }) => `${pipeline}/${counter}`);
    expect(new Set(entered).size).toBe(wanted);
  });

  it('is uncertain where its pipeline does not stand there any more, and keeps its history', async () => {
    const pipelines = [makePipeline('p', { stages: [deploying('go')] })];
    const world = await open(...pipelines);
    await world.publish('a', ['1.0.0']);
    await world.adopt([makePipeline('p', { stages: [makeStage('go')] })], { levels });
    expect(await there(world)).toEqual(['a uncertain 1.0.0']);
    await world.work();
    expect(await history(world)).toEqual(['1.0.0 uncertain']);
  });

  it('is entered by nothing while it is frozen, nor on approvals given before; unfrozen, it is', async () => {
    const stages = [
      makeStage('build'),
      { ...makeStage('go', [runJob('x')], makeApproval()), level: 'production' },
    ];
    const world = await open(makePipeline('p', { stages }));
    const wish = { level: 'production', package: 'npmjs/a' };
    expect((await world.ask({ what: 'freeze', ...wish }, { comment: 'no' })).refusal).toBeUndefined();
    await world.publish('a', ['1.0.0']);
    await world.work();
    await world.approve('p/1/go');
    expect(await there(world)).toEqual([]);
    expect((await world.decisions()).at(-1)).toMatchObject({
      code: 'frozen',
      reason: 'run 1 does not enter go yet: anonymous froze production for npmjs/a: no',
    });
    expect((await world.ask({ what: 'unfreeze', level: 'production' }, {})).refusal?.code).toBe('not-frozen');
    await world.ask({ what: 'unfreeze', ...wish }, {});
    expect(await there(world)).toEqual(['a deploying 1.0.0']);
  });

  it('is frozen until a time, for all that is deployed there', async () => {
    const pipelines = [makePipeline('p', { stages: [deploying('go')] })];
    const world = await open(...pipelines);
    const until = world.clock + 60_000;
    await world.ask({ what: 'freeze', level: 'production', until }, { comment: 'holidays' });
    await world.publish('a', ['1.0.0']);
    await world.lookAtDue();
    expect(await there(world)).toEqual([]);
    world.setClock(until);
    await world.lookAtDue();
    expect(await there(world)).toEqual(['a deploying 1.0.0']);
  });

  it('is frozen by those who may operate all that stands there, and only where something is deployed', async () => {
    const access = { view: undefined, operate: ['alice'], approve: undefined };
    const pipelines = [makePipeline('p', { stages: [deploying('go')], access })];
    const world = await open(...pipelines);
    const ask = async (actor: string, wish: { level: string; package?: string }) =>
      (await world.ask({ what: 'freeze', ...wish }, { actor: person(actor), comment: 'no' })).refusal?.code;
    expect(await ask('bob', { level: 'production' })).toBe('not-operator-there');
    expect(await ask('alice', { level: 'production', package: 'npmjs/b' })).toBe('not-deployed-there');
    expect(await ask('alice', { level: 'prodution' })).toBe('level-unknown');
    expect(await ask('alice', { level: 'production' })).toBeUndefined();
  });

  it('has what somebody records, in place of what was or may have been there; it starts nothing', async () => {
    const pipelines = [makePipeline('p', { stages: [deploying('go')] })];
    const world = await open(...pipelines);
    const record = async (version: string) => {
      const wish = { what: 'record', level: 'production', package: 'npmjs/a', version } as const;
      return (await world.ask(wish, { actor: person('alice'), comment: 'seen there' })).refusal?.code;
    };
    await world.publish('a', ['1.0.0']);
    expect(await record('1.0.0')).toBe('level-in-use');
    await world.work(failed);
    expect(await record('0.9.0')).toBe('version-unknown');
    expect(await record('1.0.0')).toBeUndefined();
    expect(await there(world)).toEqual(['a live 1.0.0']);
    expect(await history(world)).toEqual(['1.0.0 live', '1.0.0 uncertain']);
    const { items } = await world.store.read((tx) => listStays(tx, { level: 'production', limit: 1 }));
    expect(items[0]).toMatchObject({
      road: 'record',
      person: 'alice',
      comment: 'seen there',
      pipeline: null,
    });
    expect(await world.summary()).toEqual(['1 a@1.0.0 failed']);
  });

  it('knows what brought what is there, and who', async () => {
    const stages = [makeStage('build'), { ...makeStage('go', [runJob('x')], makeApproval()), level: 'test' }];
    const world = await open(makePipeline('p', { stages }));
    await world.publish('a', ['1.0.0']);
    await world.work();
    await world.approve('p/1/go', { comment: 'it is good' });
    await world.work();
    const { items } = await world.store.read((tx) => listStays(tx, { level: 'test', limit: 1 }));
    expect(items).toMatchObject([
      { version: '1.0.0', digest: 'sha256:d1.0.0', pipeline: 'p', counter: 1, stage: 'go' },
    ]);
    expect(items[0]).toMatchObject({ road: 'approval', comment: 'it is good', insteadOf: null });
  });
});
