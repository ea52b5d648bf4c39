import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBoardPage } from '../../core/src/api/read-board.ts';
import { anonymous } from '../../core/src/engine/actor.ts';
import { compareRuns } from '../../core/src/engine/compare-runs.ts';
import { listAlarmsAtHand } from '../../core/src/store/alarms.ts';
import { listAudit } from '../../core/src/store/audit.ts';
import { listDecisions } from '../../core/src/store/decisions.ts';
import { listDecisionsAbout } from '../../core/src/store/decisions-about.ts';
import { listLatestRuns } from '../../core/src/store/latest-runs.ts';
import { readDecisionsOfPackage } from '../../core/src/store/package-decisions.ts';
import { listPipelines } from '../../core/src/store/pipeline-views.ts';
import { readPublishing } from '../../core/src/store/publications.ts';
import { listFailing, listRevisions, readRepositories } from '../../core/src/store/read-repositories.ts';
import { listRuns, readRun } from '../../core/src/store/run-views.ts';
import { openStore, type Store, type Tx } from '../../core/src/store/store.ts';
import type { NodeKey } from '../../core/src/store/value-stream/graph.ts';
import { traceValueStream } from '../../core/src/store/value-stream/value-stream.ts';
import { listWaitingStages } from '../../core/src/store/waiting.ts';
import { createDatabase, postgres } from '../support/postgres.ts';
import { createRandom } from '../support/random.ts';
import { base, describeConfig, fillStore, nameOf, size } from './support/full-store.ts';
import type { Bench, Cell } from './support/report.ts';
import { findMedian, findQuantile } from './support/statistics.ts';

const warmUps = 20;
const samples = 300;

/** What people and programs read, of a store with a long history. */
export const benchReads: Bench = async (say) => ({
  title: 'Reads with 1,000,000 revisions and 100,000 runs',
  columns: ['store', 'read', 'median ms', '99 of 100 within ms', 'CPU ms of this process, 99 of 100 within'],
  rows: [...(await measureSqlite(say)), ...(postgres.met ? await measurePostgres(say) : [])],
  notes: [
    `${samples} reads each, of things chosen at random, in transactions of their own, one after the other; without HTTP, which adds its own.`,
    'The revision of "the package behind all" is behind every one of the 100,000 runs: the worst that there can be.',
  ],
});

async function measureSqlite(say: (line: string) => void): Promise<readonly (readonly Cell[])[]> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    return await measure(`sqlite:${join(directory, 'sluice.db')}`, say);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function measurePostgres(say: (line: string) => void): Promise<readonly (readonly Cell[])[]> {
  const { url, drop } = await createDatabase();
  try {
    return await measure(url, say);
  } finally {
    await drop();
  }
}

async function measure(url: string, say: (line: string) => void): Promise<readonly (readonly Cell[])[]> {
  const store = await openStore(url, { now: Date.now, random: Math.random });
  try {
    await fillStore(store, say);
    const rows: (readonly Cell[])[] = [];
    for (const [name, read] of Object.entries(listReads())) {
      const { wall, cpu } = await time(store, read);
      rows.push([store.kind, name, findMedian(wall), findQuantile(wall, 0.99), findQuantile(cpu, 0.99)]);
      say(`reads: ${store.kind}: ${name}: ${findQuantile(wall, 0.99).toFixed(1)} ms`);
    }
    return rows;
  } finally {
    await store.close();
  }
}

/** Milliseconds of each sample. */
interface Times {
  readonly wall: readonly number[];
  readonly cpu: readonly number[];
}

async function time(store: Store, read: (tx: Tx) => Promise<unknown>): Promise<Times> {
  const times = { wall: [] as number[], cpu: [] as number[] };
  for (let sample = 0; sample < warmUps + samples; sample++) {
    const [before, used] = [performance.now(), process.cpuUsage()];
    const found = await store.transact(read);
    const wall = performance.now() - before;
    const { user, system } = process.cpuUsage(used);
    if (found === undefined) throw new Error('a read found nothing: the store is not as it should be');
    if (sample < warmUps) continue;
    times.wall.push(wall);
    times.cpu.push((user + system) / 1000);
  }
  return times;
}

function listReads(): Readonly<Record<string, (tx: Tx) => Promise<unknown>>> {
  const random = createRandom(7);
  const pick = (count: number) => Math.floor(random() * count);
  const config = describeConfig();
  const [limit, depth] = [50, 5_000];
  const passages = size.runs / (size.chains * size.depth);
  const pipeline = () => nameOf(pick(size.chains), pick(size.depth));
  const trace = async (tx: Tx, root: NodeKey) =>
    traceValueStream(tx, root, { publishing: await readPublishing(tx, config), isVisible: () => true });
  const baseId = (size.packages - 1) * size.versions + 1;
  const about = (version: string) => ({ version, packageIds: [1 + pick(size.chains), size.packages], limit });
  const pipelineId = () => 1 + pick(size.chains * size.depth);
  const board = (tx: Tx, packageId: number) =>
    readBoardPage(
      tx,
      { packageId, name: `r0/p${packageId - 1}`, limit: 20, after: 100 + pick(800) },
      { config, actor: anonymous },
    );
  return {
    'the repositories': (tx) => readRepositories(tx),
    'a page of revisions': (tx) =>
      listRevisions(
        tx,
        { repository: 'r0', package: `p${pick(size.packages)}` },
        { limit, after: pick(size.versions) },
      ),
    'the pipelines': listPipelines,
    'the newest runs of all pipelines': (tx) => listLatestRuns(tx, { most: 4 }),
    'what waits for approval, and what is wrong': async (tx) => [
      await listWaitingStages(tx, { limit }),
      await listAlarmsAtHand(tx, limit),
      await listFailing(tx, limit),
    ],
    'what was decided about 40 versions': (tx) => {
      const [chain, first] = [pick(size.chains), pick(passages - 40)];
      const versions = Array.from({ length: 40 }, (_, index) => `1.${first + index}.0`);
      return readDecisionsOfPackage(tx, { packageId: 1 + chain, versions, most: 6, pipelines: undefined });
    },
    'a page of runs': (tx) => listRuns(tx, pipeline(), { limit, after: 1 + pick(passages) }),
    'a run': (tx) => readRun(tx, pipeline(), 1 + pick(passages)),
    'a page of decisions': (tx) => listDecisions(tx, pipeline(), { limit, after: pick(2 * size.runs) }),
    'decisions about a version': (tx) =>
      listDecisionsAbout(tx, { pipelineId: pipelineId(), ...about(`1.${pick(passages)}.0`) }),
    'decisions about the package behind all': (tx) =>
      listDecisionsAbout(tx, { pipelineId: pipelineId(), ...about(base.version) }),
    'a page of the audit log': (tx) => listAudit(tx, { limit, after: pick(size.runs), depth }),
    'the value stream of a run': (tx) => trace(tx, { kind: 'run', id: 1 + pick(size.runs) }),
    'the value stream of a version': (tx) =>
      trace(tx, { kind: 'package', id: 1 + pick(size.chains * size.versions) }),
    'the value stream of the package behind all, cut at its bound': (tx) =>
      trace(tx, { kind: 'package', id: baseId }),
    'a page of a promotion board': (tx) => board(tx, 1 + pick(size.chains)),
    'a comparison of two runs': (tx) =>
      compareRuns(tx, { pipeline: pipeline(), from: 1 + pick(passages), to: 1 + pick(passages) }),
  };
}
