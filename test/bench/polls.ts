import { openWorkplace, type Server } from '../support/sluice.ts';
import { type BareClient, type BareClients, startBareClients } from './support/bare-client.ts';
import { readCpuSeconds } from './support/processes.ts';
import { type BenchRegistry, startRegistry } from './support/registry.ts';
import type { Bench, Cell } from './support/report.ts';
import { findMedian } from './support/statistics.ts';

const packages = 5_000;
const versions = 12;
const concurrency = 16;
const rounds = { unchanged: 9, changed: 3 } as const;

type Kind = keyof typeof rounds;
type Contender = 'sluice' | BareClient;

interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

interface Field {
  readonly registry: BenchRegistry;
  readonly bare: BareClients;
  readonly server: Server;
}

const names = Array.from({ length: packages }, (_, index) => `package-${index}`);
const contenders: readonly Contender[] = ['undici.request', 'sluice', 'got'];

/** Polls of 5,000 packages by the whole product, beside bare clients that ask the same, in turns. */
export const benchPolls: Bench = async (say) => {
  await using ending = new AsyncDisposableStack();
  const registry = ending.adopt(await startRegistry(versions), (one) => one.close());
  const bare = ending.adopt(startBareClients(), (one) => one.close());
  const place = ending.adopt(await openWorkplace(), (one) => one.remove());
  await place.configure(describeConfig(registry.url));
  const field = { registry, bare, server: await place.serve() };
  say('polls: the first look');
  const first = await pollOnce(field.server, packages * versions);
  const unchanged = await compete(field, 'unchanged', say);
  const changed = await compete(field, 'changed', say);
  return {
    title: `Polls of ${packages.toLocaleString('en-US')} packages of one npm registry`,
    columns: ['packages', 'who asks', 'seconds', 'packages a second', 'CPU seconds', 'of undici.request'],
    rows: [
      ...contenders.map((one) => makeRow('all unchanged (304)', one, unchanged)),
      ...contenders.map((one) => makeRow('all changed: one more version each', one, changed)),
      [
        `first look: ${versions} versions each`,
        'sluice',
        first.seconds,
        packages / first.seconds,
        first.cpuSeconds,
        null,
      ],
    ],
    notes: [
      `Medians of ${rounds.unchanged} (unchanged) and ${rounds.changed} (changed) rounds in turns; ${concurrency} requests in flight for everybody.`,
      'Sluice is the whole product: the poll as its own record tells it, the CPU of the server and its plugin process.',
      `A changed document is ${versions} versions, some 35 KB, gzipped on the way. Sluice decodes it and commits the new version to SQLite (synchronous=FULL); the bare clients take the bytes as they come.`,
    ],
  };
};

function describeConfig(registry: string): string {
  const list = names
    .map((name) => `      ${name}: { config: { name: ${name}, prereleases: true } }`)
    .join('\n');
  return `
server: { port: 0 }
repositories:
  bench:
    plugin: npm
    config: { url: "${registry}" }
    poll: { manual: true }
    packages:
${list}
`;
}

async function compete(
  field: Field,
  kind: Kind,
  say: (line: string) => void,
): Promise<ReadonlyMap<Contender, Cost>> {
  const costs = new Map<Contender, Cost[]>(contenders.map((one) => [one, []]));
  // The first round warms every one of them up.
  for (let round = 0; round <= rounds[kind]; round++) {
    if (kind === 'changed') await field.registry.advance();
    for (const one of contenders) {
      const cost = await measure(field, kind, one);
      if (round > 0) costs.get(one)?.push(cost);
    }
    say(`polls: ${kind}, round ${round} of ${rounds[kind]}`);
  }
  return new Map([...costs].map(([one, measured]) => [one, takeMedians(measured)]));
}

async function measure({ registry, bare, server }: Field, kind: Kind, contender: Contender): Promise<Cost> {
  if (contender === 'sluice') return pollOnce(server, kind === 'changed' ? packages : 0);
  const known = kind === 'unchanged' && { etag: `"${versions}"` };
  return bare.ask({ client: contender, url: registry.url, names, concurrency, ...known });
}

interface PollView {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly outcome: string;
  readonly revisions: number;
}

async function pollOnce(server: Server, revisions: number): Promise<Cost> {
  const { pid = 0 } = server.process;
  const before = await readCpuSeconds(pid);
  const { status, body } = await server.post('/api/v1/repositories/bench/poll', { wait: true });
  if (status !== 200) throw new Error(`the poll was answered ${status}: ${JSON.stringify(body)}`);
  const cpuSeconds = (await readCpuSeconds(pid)) - before;
  const { items } = (await server.get('/api/v1/repositories/bench/polls?limit=1')) as {
    items: readonly PollView[];
  };
  const [poll] = items;
  if (poll?.outcome !== 'ok' || poll.revisions !== revisions)
    throw new Error(`not the poll to measure: ${JSON.stringify(poll)}`);
  return { seconds: (Date.parse(poll.finishedAt) - Date.parse(poll.startedAt)) / 1000, cpuSeconds };
}

function takeMedians(costs: readonly Cost[]): Cost {
  return {
    seconds: findMedian(costs.map(({ seconds }) => seconds)),
    cpuSeconds: findMedian(costs.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

function makeRow(what: string, contender: Contender, costs: ReadonlyMap<Contender, Cost>): readonly Cell[] {
  const cost = costs.get(contender);
  const undici = costs.get('undici.request');
  if (!cost || !undici) throw new Error(`${contender} was not measured`);
  return [
    what,
    contender,
    cost.seconds,
    packages / cost.seconds,
    cost.cpuSeconds,
    undici.seconds / cost.seconds,
  ];
}
