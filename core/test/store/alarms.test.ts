import { expect, it } from 'vitest';
import { type Alarm, listAlarmsAtHand, readAlarms, readAlarmsOfRuns } from '../../src/store/alarms.ts';
import { readBoard } from '../../src/store/board.ts';
import { findPackages } from '../../src/store/pipelines.ts';
import { listWaitingStages } from '../../src/store/waiting.ts';
import { dependOn, listenTo, makeApproval, makePipeline, makeStage, runJob } from '../engine/configs.ts';
import { describeWorlds } from '../engine/describe-worlds.ts';
import { Hands } from '../engine/hands.ts';

const every = (name: string) =>
  makePipeline(name, { materials: [listenTo('a', 'every')], stages: [makeStage('deploy')] });
const asking = makePipeline('p', { stages: [makeStage('deploy', [runJob('work')], makeApproval())] });

function name(alarms: readonly Alarm[] | undefined): readonly string[] {
  return (alarms ?? []).map(({ kind, package: of, version }) => `${of} ${version} ${kind}`);
}

/** Every way in which a version can be wrong, and the alarms that say so. */
const wrongs = [
  [{ state: 'republished', unacknowledged: true }, ['republished']],
  [{ state: 'withdrawn' }, ['withdrawn']],
  [{ state: 'withdrawn', unacknowledged: true }, ['republished', 'withdrawn']],
  [{ missingSince: 1 }, ['missing']],
  [{ facts: { version: '1.0.0', standing: 'deprecated' } }, ['deprecated']],
  [{ facts: { version: '1.0.0', standing: 'yanked' } }, ['yanked']],
] as const;

describeWorlds('alarms', (open) => {
  it.each(wrongs)('about %o are %o, wherever they are told', async (patch, kinds) => {
    const world = await open(asking, makePipeline('after', { materials: [dependOn('p', 'latest')] }));
    await world.publish('a', ['1.0.0']);
    expect(await world.store.read((tx) => listAlarmsAtHand(tx, 9))).toEqual([]);
    await world.amend('a', '1.0.0', patch);
    const expected = kinds.map((kind) => `npmjs/a 1.0.0 ${kind}`);
    expect(name((await world.runs())[0]?.alarms)).toEqual(expected);
    expect(name((await world.store.read((tx) => listWaitingStages(tx, { limit: 9 })))[0]?.alarms)).toEqual(
      expected,
    );
    expect(name(await world.store.read((tx) => listAlarmsAtHand(tx, 9)))).toEqual(expected);
    const packages = await world.store.read((tx) =>
      findPackages(tx, [{ repository: 'npmjs', package: 'a' }]),
    );
    const request = { packageId: packages.get('npmjs/a') ?? 0, pipelineIds: [], limit: 9 };
    const { items } = await world.store.read((tx) => readBoard(tx, request));
    expect(name(items[0]?.alarms)).toEqual(expected);
  });

  it('are told of what is behind a run through runs of other pipelines', async () => {
    const world = await open(
      every('one'),
      makePipeline('two', { materials: [dependOn('one')], stages: asking.stages }),
    );
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('one/1');
    await world.amend('a', '1.0.0', { state: 'withdrawn' });
    expect(name((await world.runs('two'))[0]?.alarms)).toEqual(['npmjs/a 1.0.0 withdrawn']);
  });

  it('are at hand where a run is not over, or where nobody has acknowledged new bytes', async () => {
    const world = await open(every('p'));
    await world.publish('a', ['1.0.0', '1.1.0']);
    await world.work();
    await world.amend('a', '1.0.0', { state: 'withdrawn' });
    await world.amend('a', '1.1.0', { facts: { version: '1.1.0', standing: 'deprecated' } });
    const read = (limit = 9) => world.store.read((tx) => listAlarmsAtHand(tx, limit));
    expect(name(await read())).toEqual(['npmjs/a 1.1.0 deprecated']);
    await world.work();
    expect(await read()).toEqual([]);
    for (const version of ['1.0.0', '1.1.0'])
      await world.amend('a', version, { state: 'republished', unacknowledged: true });
    expect(name(await read(1))).toEqual(['npmjs/a 1.1.0 republished', 'npmjs/a 1.1.0 deprecated']);
    await world.acknowledge('a', '1.1.0');
    expect(name(await read())).toEqual(['npmjs/a 1.0.0 republished']);
  });

  it('are none where nothing is asked about', async () => {
    const world = await open(every('p'));
    expect(await world.store.read((tx) => readAlarms(tx, []))).toEqual(new Map());
    expect(await world.store.read((tx) => readAlarmsOfRuns(tx, []))).toEqual(new Map());
  });
});
