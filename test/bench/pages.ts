import { setTimeout as wait } from 'node:timers/promises';
import { postgres } from '../support/postgres.ts';
import { openWorkplace, type Server } from '../support/sluice.ts';
import { placePostgres, placeSqlite, type StorePlace } from '../support/stores.ts';
import { pollNow } from '../support/story.ts';
import { describePagesConfig, fillPagesStore, shown } from './support/pages-store.ts';
import { readCpuSeconds } from './support/processes.ts';
import { startRegistry } from './support/registry.ts';
import type { Bench, Cell } from './support/report.ts';
import { findMedian, findQuantile } from './support/statistics.ts';

const warmUps = 5;
const samples = 30;
const streams = 200;
const idleSeconds = 30;

const board = '/repositories/bench/packages/package-1/board';
const stream = `/pipelines/pipeline-0/runs/${shown.runs}/value-stream`;

const pages: Readonly<Record<string, string>> = {
  home: '/',
  'home, filtered to a group': '/?group=group-3',
  'home, searched for one': '/?q=pipeline-7',
  'a promotion board': board,
  'a promotion board, its 500 oldest versions': `${board}?after=500`,
  'a pipeline': '/pipelines/pipeline-7',
  'a run': `/pipelines/pipeline-7/runs/${shown.runs}`,
  'a package': '/repositories/bench/packages/package-0',
  'a value stream, what is near': stream,
  'a value stream, all': `${stream}?show=all`,
};

/**
 * How long pages take to the first byte, and how large they are, with much in the store; what open pages cost
 * when nothing happens.
 */
export const benchPages: Bench = async (say) => {
  const rows: (readonly Cell[])[] = [];
  for (const [store, place] of [
    ['SQLite', placeSqlite] as const,
    ...(postgres.met ? [['PostgreSQL', placePostgres] as const] : []),
  ]) {
    rows.push(
      ...(await measure(await place(), (line) => say(`pages: ${store}: ${line}`))).map((row) => [
        store,
        ...row,
      ]),
    );
  }
  return {
    title: `Pages, with ${shown.pipelines} pipelines and 1,000 versions on a board`,
    columns: [
      'store',
      'page',
      'first byte, median ms',
      '95 of 100 within ms',
      'CPU ms of the server',
      'KB',
      '% of a core',
    ],
    rows,
    notes: [
      `${shown.pipelines} pipelines of ${shown.stages} stages with ${shown.runs} runs each; a board of ${shown.versions} versions that came to ${shown.levels * shown.stages} levels; a value stream of ${shown.pipelines - shown.levels} runs.`,
      `${samples} requests one after the other after ${warmUps} that do not count; the aim is under 100 ms and under 300 KB, not compressed.`,
      `${streams} open event streams of browsers while nothing happens, for ${idleSeconds} s; the aim is under 5 % of a core.`,
    ],
  };
};

async function measure(at: StorePlace, say: (line: string) => void): Promise<readonly (readonly Cell[])[]> {
  await using ending = new AsyncDisposableStack();
  ending.defer(() => at.remove());
  const registry = ending.adopt(await startRegistry(shown.versions), (one) => one.close());
  const place = ending.adopt(await openWorkplace(), (one) => one.remove());
  await place.configure(describePagesConfig(registry.url, at.url));
  const first = await place.serve(60_000);
  await pollNow(first, 'bench');
  await first.stop();
  say('polled');
  await fillPagesStore(at.url);
  say('filled');
  const server = await place.serve(60_000);
  const rows: (readonly Cell[])[] = [];
  for (const [name, path] of Object.entries(pages)) {
    rows.push(await measurePage(server, name, path));
    say(JSON.stringify(rows.at(-1)));
  }
  rows.push(await measureStreams(server));
  return rows;
}

async function measurePage(server: Server, name: string, path: string): Promise<readonly Cell[]> {
  const times: number[] = [];
  const pid = server.process.pid ?? 0;
  let bytes = 0;
  let used = 0;
  for (let sample = -warmUps; sample < samples; sample++) {
    if (sample === 0) used = await readCpuSeconds(pid);
    const begun = performance.now();
    const answer = await fetch(server.url + path);
    const took = performance.now() - begun;
    bytes = (await answer.arrayBuffer()).byteLength;
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
    if (sample >= 0) times.push(took);
  }
  const cpu = (1_000 * ((await readCpuSeconds(pid)) - used)) / samples;
  return [name, findMedian(times), findQuantile(times, 0.95), cpu, bytes / 1_000, null];
}

async function measureStreams(server: Server): Promise<readonly Cell[]> {
  const leaving = new AbortController();
  const { signal } = leaving;
  const opened = await Promise.all(
    Array.from({ length: streams }, () => fetch(`${server.url}/live`, { signal })),
  );
  if (opened.some(({ status }) => status !== 200)) throw new Error('a stream was not opened');
  await wait(5_000);
  const pid = server.process.pid ?? 0;
  const before = await readCpuSeconds(pid);
  await wait(idleSeconds * 1_000);
  const used = (await readCpuSeconds(pid)) - before;
  leaving.abort();
  return [`${streams} open streams`, null, null, null, null, (100 * used) / idleSeconds];
}
