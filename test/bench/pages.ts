import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openWorkplace, type Server } from '../support/sluice.ts';
import { pollNow } from '../support/story.ts';
import { multiplyRuns } from './support/multiply-runs.ts';
import { readCpuSeconds } from './support/processes.ts';
import { startRegistry } from './support/registry.ts';
import type { Bench, Cell } from './support/report.ts';
import { findMedian, findQuantile } from './support/statistics.ts';

const pipelines = 500;
const runs = 10;
const stages = 3;
const samples = 30;
const streams = 200;
const idleSeconds = 30;

/** How long pages take to the first byte, and how large they are, with many pipelines; what open pages cost when nothing happens. */
export const benchPages: Bench = async (say) => {
  await using ending = new AsyncDisposableStack();
  const registry = ending.adopt(await startRegistry(1), (one) => one.close());
  const place = ending.adopt(await openWorkplace(), (one) => one.remove());
  await place.configure(describeConfig(registry.url));
  const first = await place.serve(60_000);
  await pollNow(first, 'bench');
  await first.stop();
  multiplyRuns(join(place.directory, 'sluice.db'), runs - 1);
  const server = await place.serve(60_000);
  say(`pages: ${pipelines} pipelines have ${runs} runs each`);
  const rows = [
    await measurePage(server, 'home', '/'),
    await measurePage(server, 'home, filtered to one', '/?q=pipeline-7-'),
    await measurePage(server, 'a pipeline', '/pipelines/pipeline-7'),
    await measurePage(server, 'a run', '/pipelines/pipeline-7/runs/1'),
    await measurePage(server, 'a package', '/repositories/bench/packages/package-0'),
    await measureStreams(server),
  ];
  return {
    title: `Pages, with ${pipelines} pipelines of ${stages} stages and ${runs} runs each`,
    columns: ['page', 'first byte, median ms', '95 of 100 within ms', 'KB', '% of a core'],
    rows,
    notes: [
      `${samples} requests one after the other after 5 that do not count; the aim is under 100 ms and under 300 KB, not compressed.`,
      `${streams} open event streams of the home page while nothing happens, for ${idleSeconds} s; the aim is under 5 % of a core.`,
    ],
  };
};

function describeConfig(registry: string): string {
  const list = Array.from(
    { length: pipelines },
    (_, index) => `
  pipeline-${index}:
    group: group-${index % 10}
    materials: [{ package: bench/package-0 }]
    stages: [${Array.from({ length: stages }, (_unused, stage) => `{ name: stage-${stage}, jobs: { only: { run: ':' } } }`).join(', ')}]`,
  );
  return `
server: { port: 0 }
repositories: { bench: { plugin: npm, config: { url: "${registry}" }, poll: { manual: true }, packages: { package-0: { config: { name: package-0, prereleases: true } } } } }
pipelines:${list.join('')}
`;
}

async function measurePage(server: Server, name: string, path: string): Promise<readonly Cell[]> {
  const times: number[] = [];
  let bytes = 0;
  for (let sample = -5; sample < samples; sample++) {
    const begun = performance.now();
    const answer = await fetch(server.url + path);
    const took = performance.now() - begun;
    bytes = (await answer.arrayBuffer()).byteLength;
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
    if (sample >= 0) times.push(took);
  }
  return [name, findMedian(times), findQuantile(times, 0.95), bytes / 1_000, null];
}

async function measureStreams(server: Server): Promise<readonly Cell[]> {
  const leaving = new AbortController();
  const page = await (await fetch(server.url)).text();
  const path = /sse-connect="([^"]+)"/.exec(page)?.[1] ?? '';
  const opened = await Promise.all(Array.from({ length: streams }, () => fetch(server.url + path, { signal: leaving.signal })));
  if (opened.some(({ status }) => status !== 200)) throw new Error('a stream was not opened');
  await wait(5_000);
  const pid = server.process.pid ?? 0;
  const before = await readCpuSeconds(pid);
  await wait(idleSeconds * 1_000);
  const used = (await readCpuSeconds(pid)) - before;
  leaving.abort();
  return [`${streams} open streams`, null, null, null, (100 * used) / idleSeconds];
}
