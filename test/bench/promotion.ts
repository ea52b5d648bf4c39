import type { PipelineConfig } from '../../core/src/config/config.ts';
import { happen } from '../../core/src/engine/happen.ts';
import { EndRecorder } from '../../core/src/engine/jobs/end-recorder.ts';
import { insertRevisions } from '../../core/src/store/ledger.ts';
import { findPackages, findPipelines } from '../../core/src/store/pipelines.ts';
import { insertTriggers } from '../../core/src/store/triggers.ts';
import { dependOn, listenTo, makePipeline, makeStage } from '../../core/test/engine/configs.ts';
import { passed, World } from '../../core/test/engine/world.ts';
import { postgres } from '../support/postgres.ts';
import { placePostgres, placeSqlite, type StorePlace } from '../support/stores.ts';
import type { Bench, Cell } from './support/report.ts';
import { findMedian } from './support/statistics.ts';

const levels = 10;
const aLevel = 50;
const rounds = 3;
/** As many as a node does at a time. */
const inHand = 64;

/**
 * How long one publication takes through 500 pipelines in ten levels, each of two pipelines and the package.
 */
export const benchPromotion: Bench = async (say) => {
  const rows: Cell[][] = [];
  for (const [store, place] of [
    ['SQLite', placeSqlite] as const,
    ...(postgres.met ? [['PostgreSQL', placePostgres] as const] : []),
  ]) {
    say(`promotion: ${store}`);
    rows.push([store, ...(await measure(await place(), say))]);
  }
  return {
    title: `Promotion: one publication through ${levels * aLevel} pipelines`,
    columns: [
      'store',
      'seconds until the last run is scheduled',
      'until all is done',
      'transactions',
      'CPU seconds',
    ],
    rows,
    notes: [
      `${levels} levels of ${aLevel} pipelines with one job each; a pipeline listens to the package and to two pipelines of the level before, so that every run waits for both to pass with the version. Medians of ${rounds} publications.`,
      'Driven through the store as a node does: jobs are claimed up to 64 at a time, and end as passed; ends that come together are recorded together.',
    ],
  };
};

function makeGraph(): readonly PipelineConfig[] {
  return Array.from({ length: levels * aLevel }, (_, index) => {
    const before = index - aLevel;
    const neighbour = before + ((index + 1) % aLevel === 0 ? 1 - aLevel : 1);
    const upstream = before < 0 ? [] : [dependOn(`p${before}`), dependOn(`p${neighbour}`)];
    return makePipeline(`p${index}`, {
      label: '${COUNT}',
      materials: [listenTo('a'), ...upstream],
      stages: [makeStage('deploy')],
    });
  });
}

async function measure(place: StorePlace, say: (line: string) => void): Promise<readonly Cell[]> {
  const world = await World.open(place, makeGraph());
  try {
    const figures: Figures[] = [];
    for (let round = 0; round < rounds; round++) {
      figures.push(await promote(world, round));
      say(JSON.stringify(figures.at(-1)));
    }
    const of = (pick: (one: Figures) => number) => findMedian(figures.map(pick));
    return [
      of((one) => one.scheduled),
      of((one) => one.done),
      of((one) => one.transactions),
      of((one) => one.cpu),
    ];
  } finally {
    await world.close();
  }
}

interface Figures {
  readonly scheduled: number;
  readonly done: number;
  readonly transactions: number;
  readonly cpu: number;
}

async function promote(world: World, round: number): Promise<Figures> {
  const { store } = world;
  let transactions = 0;
  world.store = {
    ...store,
    transact(work) {
      transactions++;
      return store.transact(work);
    },
  };
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const since = () => (performance.now() - began) / 1_000;
  await publish(world, `1.${round}.0`);
  const recorder = new EndRecorder({ store: world.store, inForce: () => world.options(), onRecorded() {} });
  let scheduled = 0;
  let runs = 0;
  for (
    let jobs = await world.claim('one', { room: inHand });
    jobs.length > 0;
    jobs = await world.claim('one', { room: inHand })
  ) {
    runs += jobs.length;
    // What is claimed last was scheduled before.
    if (runs === levels * aLevel) scheduled ||= since();
    await Promise.all(jobs.map((job) => recorder.record({ ...job, outcome: passed })));
  }
  if (runs !== levels * aLevel) throw new Error(`${runs} jobs were done, and not ${levels * aLevel}`);
  const { user, system } = process.cpuUsage(cpu);
  world.store = store;
  return { scheduled, done: since(), transactions, cpu: (user + system) / 1e6 };
}

/** As a poll commits it. */
async function publish(world: World, version: string): Promise<void> {
  await world.store.transact(async (tx) => {
    const options = world.options();
    const packageId = (await findPackages(tx, [{ repository: 'npmjs', package: 'a' }])).get('npmjs/a') ?? 0;
    const facts = { version, digests: { sha256: `d${version}` } };
    const rank = Number(version.split('.')[1]);
    const [revision] = await insertRevisions(tx, [
      { packageId, facts, rank, described: true, detectedAt: options.now },
    ]);
    if (!revision) throw new Error(`${version} was not recorded`);
    const ids = [...(await findPipelines(tx, [...world.config.pipelines.keys()])).values()];
    const wish = {
      packageId,
      revisionId: revision.id,
      version,
      digest: `sha256:d${version}`,
      move: 0,
      mode: 'latest' as const,
    };
    await insertTriggers(
      tx,
      ids.map((pipelineId) => ({ ...wish, pipelineId, createdAt: options.now })),
    );
    await happen(tx, { kind: 'time', pipelineIds: ids }, options);
  });
}
