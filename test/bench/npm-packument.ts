import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import npm from '@sluice/plugin-npm';
import { type PackageAnswer, parseSettings } from '@sluice/plugin-sdk';
import { createHttp } from '@sluice/plugin-sdk/http';
import { makePackuments } from '../support/packument.ts';
import type { Bench, Cell } from './support/report.ts';

interface Scenario {
  readonly title: string;
  /** Names of the packages to poll at once. */
  readonly names: readonly string[];
  readonly form: 'full' | 'abbreviated';
  /** What was known before: nothing, the ETag, or (of a registry without ETags) the body. */
  readonly known: 'nothing' | 'etag' | 'body';
}

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly longestStallMs: number;
  readonly peakMb: number;
  readonly unchanged: number;
  readonly revisions: number;
  readonly problems: number;
}

const name = (kind: string, count: number) => Array.from({ length: count }, (_, index) => `${kind}-${index}`);
const scenarios: readonly Scenario[] = [
  { title: 'nothing (the process itself)', names: [], form: 'full', known: 'nothing' },
  { title: '11 MB, full', names: name('large', 1), form: 'full', known: 'nothing' },
  { title: 'the same, abbreviated', names: name('large', 1), form: 'abbreviated', known: 'nothing' },
  { title: '11 MB, full, no ETag, unchanged', names: name('bare', 1), form: 'full', known: 'body' },
  {
    title: '11 MB, full, unchanged (304), 5,000 packages',
    names: name('large', 5000),
    form: 'full',
    known: 'etag',
  },
  { title: 'the same, abbreviated', names: name('large', 5000), form: 'abbreviated', known: 'etag' },
  { title: '30 MB, full', names: name('huge', 1), form: 'full', known: 'nothing' },
  { title: 'the same, abbreviated', names: name('huge', 1), form: 'abbreviated', known: 'nothing' },
  {
    title: '30 MB, full, among 500 small ones',
    names: [...name('huge', 1), ...name('small', 500)],
    form: 'full',
    known: 'nothing',
  },
  { title: '16 times 30 MB, full', names: name('huge', 16), form: 'full', known: 'nothing' },
];
const versions: Readonly<Record<string, number>> = { small: 20, large: 3_700, bare: 3_700, huge: 9_850 };

/** What an npm package's document costs, in its two forms: the table of docs/npm-plugin.md. */
export const benchPackuments: Bench = async (say) => {
  const registry = fork(import.meta.filename, ['registry']);
  const [address] = await once(registry, 'message');
  const rows: Cell[][] = [];
  for (const [index, { title }] of scenarios.entries()) {
    say(`npm-packument: ${title}`);
    const child = fork(import.meta.filename, ['scenario', String(address), String(index)]);
    const [cost]: Cost[] = await once(child, 'message');
    if (!cost) throw new Error(`${title} was not measured`);
    const { wallMs, cpuMs, longestStallMs, peakMb, unchanged, revisions, problems } = cost;
    const figures = [wallMs, cpuMs, longestStallMs, peakMb].map(Math.round);
    rows.push([title, ...figures, `${unchanged} unchanged, ${revisions} revisions, ${problems} problems`]);
  }
  registry.kill();
  return {
    title: "Documents of an npm registry, by the plugin's own code",
    columns: ['document', 'wall ms', 'CPU ms', 'longest stall ms', 'peak MB', 'answers'],
    rows,
    notes: ['Every scenario has a process of its own, and the registry another.'],
  };
};

/** Serves every `kind-number` with the document of its kind, under its own name. */
function serve(): void {
  const bodies = new Map<string, Buffer>();
  const server = createServer(({ url = '', headers }, response) => {
    const etag = url.startsWith('/bare') ? undefined : '"unchanged"';
    if (etag !== undefined && headers['if-none-match'] === etag)
      return void response.writeHead(304, { etag }).end();
    const form = headers.accept === 'application/json' ? 'full' : 'abbreviated';
    const body =
      bodies.get(`${form}${url}`) ??
      gzipSync(makePackuments(url.slice(1), versions[url.slice(1).split('-')[0] ?? ''] ?? 1)[form]);
    bodies.set(`${form}${url}`, body);
    response
      .writeHead(200, {
        ...(etag !== undefined && { etag }),
        'content-encoding': 'gzip',
        'content-length': body.length,
      })
      .end(body);
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') process.send?.(`http://127.0.0.1:${address.port}/`);
  });
}

async function measure(url: string, { names, form, known }: Scenario): Promise<Cost> {
  const accept = form === 'full' ? 'application/json' : 'application/vnd.npm.install-v1+json';
  // The registry makes a document when it is first asked for it, which is not to be measured.
  if (known !== 'etag')
    for (const name of names) await (await fetch(url + name, { headers: { accept } })).body?.cancel();
  const cursors = new Map<string, string>();
  const remember = (name: string, answer: PackageAnswer) => {
    if ('cursor' in answer && answer.cursor !== undefined) cursors.set(name, answer.cursor);
  };
  if (known === 'body') await poll(url, names, () => undefined, remember);
  const cursorOf = (name: string) =>
    cursors.get(name) ??
    JSON.stringify({ url: url + name, form, ...(known === 'etag' && { etag: '"unchanged"' }) });

  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const counts = { unchanged: 0, revisions: 0, problems: 0 };
  await poll(url, names, cursorOf, (_, answer) => {
    if ('unchanged' in answer) counts.unchanged++;
    if ('revisions' in answer) counts.revisions += answer.revisions.length;
    if ('problem' in answer) counts.problems++;
  });
  const { user, system } = process.cpuUsage(cpu);
  const wallMs = performance.now() - started;
  // The stall is seen by the first tick after it.
  await setTimeout(20);
  return {
    wallMs,
    cpuMs: (user + system) / 1000,
    longestStallMs: delay.max / 1e6,
    peakMb: process.resourceUsage().maxRSS / 1024,
    ...counts,
  };
}

/** Polls as core does: takes each answer, and keeps none. */
async function poll(
  url: string,
  names: readonly string[],
  cursorOf: (name: string) => string | undefined,
  take: (key: string, answer: PackageAnswer) => void,
): Promise<void> {
  const repository = npm.open(parseSettings(npm.repository, { url }), { environment: {}, directory: '/' });
  const client = createHttp();
  const { signal } = new AbortController();
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  const call = {
    http: client.forCall({ signal, log }),
    signal,
    log,
    progress: () => {},
    secret: () => {},
    cursor: undefined,
  };
  const due = names.map((name) => ({
    key: name,
    config: parseSettings(npm.package, { name, prereleases: true }),
    cursor: cursorOf(name),
  }));
  for await (const answer of repository.poll(due, call)) if ('key' in answer) take(answer.key, answer);
  await client.close();
}

function pick(index: number): Scenario {
  const scenario = scenarios[index];
  if (!scenario) throw new Error(`there is no scenario ${index}`);
  return scenario;
}

if (import.meta.main) {
  const [role, origin = '', index = ''] = process.argv.slice(2);
  if (role === 'registry') serve();
  else process.send?.(await measure(origin, pick(Number(index))));
}
