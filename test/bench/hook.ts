import { openWorkplace, type Server, type Workplace } from '../support/sluice.ts';
import { settle } from '../support/story.ts';
import { until } from '../support/until.ts';
import { type BenchRegistry, startRegistry } from './support/registry.ts';
import type { Bench, Cell } from './support/report.ts';
import { findMedian, findQuantile } from './support/statistics.ts';

const samples = 40;
const warmUps = 5;
const versions = 12;
const secret = 'the-secret-of-the-bench';

/** From a publication to the first act of the job that it starts, through a hook. */
export const benchHook: Bench = async (say) => ({
  title: 'From publication to job start, with a hook',
  columns: ['packages in the repository', 'what', 'median ms', '95 of 100 within ms'],
  rows: [...(await measureWith(1, say)), ...(await measureWith(100, say))],
  notes: [
    `${samples} publications one after the other, each into a server at rest. The job's first act is to write down the time (date +%s%N), its own start included.`,
    'The hook is called as soon as the registry has answered the publication.',
  ],
});

async function measureWith(
  packages: number,
  say: (line: string) => void,
): Promise<readonly (readonly Cell[])[]> {
  await using ending = new AsyncDisposableStack();
  const registry = ending.adopt(await startRegistry(versions), (one) => one.close());
  const place = ending.adopt(await openWorkplace({ HOOK_SECRET: secret }), (one) => one.remove());
  await place.configure(describeConfig(registry.url, packages));
  const server = await place.serve();
  await server.post('/api/v1/repositories/bench/poll', { wait: true });
  await settle(server);
  const measured: Latency[] = [];
  for (let sample = 0; sample < warmUps + samples; sample++) {
    const latency = await measure({ registry, place, server });
    if (sample >= warmUps) measured.push(latency);
  }
  say(`hook: ${packages} packages`);
  const row = (what: string, values: readonly number[]) => [
    packages,
    what,
    findMedian(values),
    findQuantile(values, 0.95),
  ];
  return [
    row(
      'hook to job start',
      measured.map(({ fromHook }) => fromHook),
    ),
    row(
      'publication to job start',
      measured.map(({ fromPublication }) => fromPublication),
    ),
  ];
}

function describeConfig(registry: string, packages: number): string {
  const list = Array.from(
    { length: packages },
    (_, index) =>
      `      package-${index}: { config: { name: package-${index}, prereleases: true }, first: none }`,
  ).join('\n');
  return `
server: { port: 0 }
repositories:
  bench:
    plugin: npm
    config: { url: "${registry}" }
    poll: { manual: true }
    hook: { secret: "\${env:HOOK_SECRET}" }
    packages:
${list}
pipelines:
  stamp:
    materials: [{ package: bench/package-0 }]
    stages: [{ name: stamp, jobs: { stamp: { run: 'date +%s%N >> "$HOME/stamps"' } } }]
`;
}

/** Milliseconds. */
interface Latency {
  readonly fromHook: number;
  readonly fromPublication: number;
}

interface Scene {
  readonly registry: BenchRegistry;
  readonly place: Workplace;
  readonly server: Server;
}

async function measure({ registry, place, server }: Scene): Promise<Latency> {
  const before = (await place.lines('stamps')).length;
  const publishedAt = readClock();
  await registry.publish('package-0');
  const calledAt = readClock();
  const answer = await fetch(`${server.url}/api/v1/hooks/bench`, {
    method: 'POST',
    headers: { 'x-sluice-token': secret },
  });
  if (answer.status !== 202) throw new Error(`the hook was answered ${answer.status} ${await answer.text()}`);
  const stamp = await until(async () => (await place.lines('stamps'))[before], {
    describe: () => `a job in:\n${server.output()}`,
  });
  await settle(server);
  const startedAt = Number(BigInt(stamp) / 1000n) / 1000;
  return { fromHook: startedAt - calledAt, fromPublication: startedAt - publishedAt };
}

/** Milliseconds since 1970 with their fractions, as the job's clock has them. */
function readClock(): number {
  return performance.timeOrigin + performance.now();
}
