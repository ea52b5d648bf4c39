import { openWorkplace, type Server } from '../support/sluice.ts';
import { type BenchMavenServer, startMavenServer } from './support/maven-server.ts';
import { readCpuSeconds, readProcesses } from './support/processes.ts';
import type { Bench, Cell } from './support/report.ts';

const artifacts = 5_000;
const versions = 12;
const large = 3_000;

/** Polls of 5,000 Maven artifacts, and of one with 3,000 versions, by the whole product. */
export const benchMaven: Bench = async (say) => {
  await using ending = new AsyncDisposableStack();
  const repository = ending.adopt(await startMavenServer(), (one) => one.close());
  const place = ending.adopt(await openWorkplace(), (one) => one.remove());
  await place.configure(describeConfig(repository.url));
  const server = await place.serve();
  const rows: (readonly Cell[])[] = [];
  const measure = async (what: string, name: string, revisions: number) => {
    rows.push([what, ...(await pollOnce({ server, repository, name, revisions }))]);
    say(`maven: ${what}`);
  };
  await measure(
    `${artifacts} artifacts, first look, ${versions} versions each`,
    'many',
    artifacts * versions,
  );
  await measure('the same, unchanged (304)', 'many', 0);
  await measure('the same, unchanged (304), again', 'many', 0);
  await measure(`one artifact, first look, ${large} versions`, 'one', large);
  await measure('the same, unchanged (304)', 'one', 0);
  await repository.advance();
  await measure(`${artifacts} artifacts, each with one version more`, 'many', artifacts);
  await measure('one artifact, one version more', 'one', 1);
  return {
    title: `Polls of ${artifacts.toLocaleString('en-US')} Maven artifacts, and of ${large.toLocaleString('en-US')} versions of one`,
    columns: ['what', 'seconds', 'requests', 'CPU seconds', 'plugin peak MB'],
    rows,
    notes: [
      'Sluice is the whole product: the poll as its own record tells it, the CPU of the server and its plugin process; requests as the repository counted them.',
      'A new version costs the metadata with its SHA-1, and then HEAD of the file, four checksums (the SHA-1 is there) and the POM; a first look describes only the newest version. No pipeline listens.',
    ],
  };
};

interface Polling {
  readonly server: Server;
  readonly repository: BenchMavenServer;
  readonly name: string;
  readonly revisions: number;
}

interface PollView {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly outcome: string;
  readonly revisions: number;
}

async function pollOnce({ server, repository, name, revisions }: Polling): Promise<readonly Cell[]> {
  const { pid = 0 } = server.process;
  await repository.countRequests();
  const before = await readCpuSeconds(pid);
  const { status, body } = await server.post(`/api/v1/repositories/${name}/poll`, { wait: true });
  if (status !== 200) throw new Error(`the poll was answered ${status}: ${JSON.stringify(body)}`);
  const cpuSeconds = (await readCpuSeconds(pid)) - before;
  const { items } = (await server.get(`/api/v1/repositories/${name}/polls?limit=1`)) as {
    items: readonly PollView[];
  };
  const [poll] = items;
  if (poll?.outcome !== 'ok' || poll.revisions !== revisions)
    throw new Error(`not the poll to measure: ${JSON.stringify(poll)}`);
  const seconds = (Date.parse(poll.finishedAt) - Date.parse(poll.startedAt)) / 1000;
  const plugin = (await readProcesses(pid)).find(({ command }) => command.includes('@sluice/plugin-maven'));
  return [seconds, await repository.countRequests(), cpuSeconds, plugin ? plugin.peak / 2 ** 20 : null];
}

function describeConfig(url: string): string {
  const list = Array.from(
    { length: artifacts },
    (_, index) => `      a${index}: { config: { groupId: bench, artifactId: a${index} } }`,
  );
  const describeRepository = (name: string, packages: string) => `
  ${name}:
    plugin: maven
    config: { url: "${url}" }
    poll: { manual: true }
    packages:
${packages}`;
  return `
server: { port: 0 }
repositories:${describeRepository('many', list.join('\n'))}${describeRepository('one', '      large: { config: { groupId: bench, artifactId: large } }')}
`;
}
