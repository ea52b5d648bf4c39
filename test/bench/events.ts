import { openWorkplace, type Server } from '../support/sluice.ts';
import type { BareClient } from './support/bare-client.ts';
import { type BarePosters, startBarePosters } from './support/bare-poster.ts';
import { type EventCounter, startEventCounter } from './support/event-counter.ts';
import { readCpuSeconds } from './support/processes.ts';
import { type BenchRegistry, startRegistry } from './support/registry.ts';
import type { Bench, Cell } from './support/report.ts';
import { findMedian, findQuantile } from './support/statistics.ts';

const packages = 1_000;
const publications = 3;
const events = packages * publications;
const concurrency = 32;
const rounds = 5;
const samples = 40;

interface Field {
  readonly server: Server;
  readonly counter: EventCounter;
  readonly posters: BarePosters;
  readonly registry: BenchRegistry;
}

interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** How fast what is in the outbox is told, and how soon what has just happened is. */
export const benchEvents: Bench = async (say) => {
  await using ending = new AsyncDisposableStack();
  const registry = ending.adopt(await startRegistry(1), (one) => one.close());
  const counter = ending.adopt(await startEventCounter(), (one) => one.close());
  const posters = ending.adopt(startBarePosters(), (one) => one.close());
  const place = ending.adopt(await openWorkplace(), (one) => one.remove());
  await place.configure(describeConfig(registry.url, counter.url));
  const field = { registry, counter, posters, server: await place.serve(60_000) };
  await poll(field, 'many');
  const told = counter.expect(events);
  for (let round = 0; round < publications; round++) {
    await registry.advance();
    await poll(field, 'many');
  }
  const { body } = await told;
  const throughput = await compete(field, body, say);
  const delays = await measureDelays(field, say);
  return {
    title: `Events to one sink: ${events.toLocaleString('en-US')} of ${packages.toLocaleString('en-US')} packages`,
    columns: ['what', 'who sends', 'seconds', 'events a second', 'CPU seconds', 'of got'],
    rows: [...throughput, ...delays],
    notes: [
      `Medians of ${rounds} rounds in turns, ${concurrency} requests in flight for everybody; the receiver is a process of its own. The bare clients send one body again and again.`,
      'Sluice is the whole product: "sluice events replay" of the whole outbox, each delivery recorded in SQLite (synchronous=FULL), each event signed.',
      `The delay is from the event's own time, when the transaction in which it is recorded begins to be written, to its arrival at the receiver, at a server at rest, ${samples} publications one after the other.`,
    ],
  };
};

function describeConfig(registry: string, sink: string): string {
  const list = Array.from(
    { length: packages },
    (_, index) => `      p${index}: { config: { name: p${index}, prereleases: true } }`,
  );
  return `
server: { port: 0 }
events:
  - { name: bench, http: { url: "${sink}", secret: a-secret-of-the-bench }, only: ["artifact.published"] }
repositories:
  many:
    plugin: npm
    config: { url: "${registry}" }
    poll: { manual: true }
    packages:
${list.join('\n')}
  one:
    plugin: npm
    config: { url: "${registry}" }
    poll: { manual: true }
    packages: { it: { config: { name: single, prereleases: true } } }
pipelines:
  none:
    materials: [${list.map((_, index) => `{ package: many/p${index}, trigger: manual }`).join(', ')}, { package: one/it, trigger: manual }]
    stages: [{ name: none, jobs: { none: { run: 'true' } } }]
`;
}

async function poll({ server }: Field, repository: string): Promise<void> {
  const { status, body } = await server.post(`/api/v1/repositories/${repository}/poll`, { wait: true });
  if (status !== 200) throw new Error(`the poll was answered ${status} ${JSON.stringify(body)}`);
}

async function compete(
  field: Field,
  body: string,
  say: (line: string) => void,
): Promise<readonly (readonly Cell[])[]> {
  const send = (client: BareClient) => async () =>
    field.posters.send({ client, url: field.counter.url, body, times: events, concurrency });
  const contenders = {
    'undici.request': send('undici.request'),
    sluice: () => replay(field),
    got: send('got'),
  };
  const costs = new Map<string, Cost[]>(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [name, contend] of Object.entries(contenders)) costs.get(name)?.push(await contend());
    say(`events: round ${round} of ${rounds}`);
  }
  const median = (name: string, of: keyof Cost) =>
    findMedian((costs.get(name) ?? []).map((cost) => cost[of]));
  return Object.keys(contenders).map((name) => {
    const seconds = median(name, 'seconds');
    return [
      'all that is in the outbox',
      name,
      seconds,
      events / seconds,
      median(name, 'cpuSeconds'),
      median('got', 'seconds') / seconds,
    ];
  });
}

async function replay({ server, counter }: Field): Promise<Cost> {
  const pid = server.process.pid ?? 0;
  const told = counter.expect(events);
  const [startedAt, cpu] = [readClock(), await readCpuSeconds(pid)];
  const { status } = await server.post('/api/v1/events/replay', { from: 1 });
  if (status !== 200) throw new Error(`the replay was answered ${status}`);
  const { at } = await told;
  return { seconds: (at - startedAt) / 1000, cpuSeconds: (await readCpuSeconds(pid)) - cpu };
}

async function measureDelays(
  field: Field,
  say: (line: string) => void,
): Promise<readonly (readonly Cell[])[]> {
  await field.registry.publish('single');
  await poll(field, 'one');
  const delays: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    await field.registry.publish('single');
    const told = field.counter.expect(1);
    await poll(field, 'one');
    const { at, body } = await told;
    const { time }: { readonly time: string } = JSON.parse(body);
    delays.push((at - Date.parse(time)) / 1000);
  }
  say('events: delays');
  const row = (what: string, seconds: number): readonly Cell[] => [what, 'sluice', seconds, null, null, null];
  return [
    row('delay of one event, median', findMedian(delays)),
    row('delay of one event, 95 of 100 within', findQuantile(delays, 0.95)),
  ];
}

/** Milliseconds since 1970 with their fractions. */
function readClock(): number {
  return performance.timeOrigin + performance.now();
}
