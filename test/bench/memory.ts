import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openWorkplace, type Server } from '../support/sluice.ts';
import { type ProcessFacts, readProcesses } from './support/processes.ts';
import { startRegistry } from './support/registry.ts';
import type { Bench, Cell } from './support/report.ts';

const repositories = 100;
const packagesEach = 1_000;
const versions = 3;
/** A megabyte of YAML takes a second of CPU, and there are eight of them. */
const startMs = 300_000;
const watched = repositories * packagesEach;

/**
 * Memory of the server and of its plugin process, with 100,000 packages in 100 repositories, each polled
 * twice.
 */
export const benchMemory: Bench = async (say) => {
  await using ending = new AsyncDisposableStack();
  const registry = ending.adopt(await startRegistry(versions), (one) => one.close());
  const place = ending.adopt(await openWorkplace(), (one) => one.remove());
  const names = Array.from({ length: repositories }, (_, index) => `repository-${index}`);
  await mkdir(join(place.directory, 'conf.d'));
  await Promise.all(
    names.map((name) =>
      writeFile(join(place.directory, 'conf.d', `${name}.yaml`), describeRepository(name, registry.url)),
    ),
  );
  await place.configure('server: { port: 0 }\ninclude: ["conf.d/*.yaml"]\n');
  const server = await place.serve(startMs);
  const rows: Cell[][] = [];
  const note = async (when: string) => {
    const processes = await readProcesses(server.process.pid ?? 0);
    const [main, plugin] = [
      processes[0],
      processes.find(({ command }) => command.includes('@sluice/plugin-npm')),
    ];
    rows.push([when, ...toMegabytes(main), ...toMegabytes(plugin)]);
  };
  await note('started');
  for (const round of ['first', 'second']) {
    for (const [index, name] of names.entries()) {
      await poll(server, name);
      if (index % 10 === 9) say(`memory: ${round} poll of ${index + 1} of ${repositories} repositories`);
    }
    await note(`after the ${round} poll of all`);
  }
  return {
    title: `Memory with ${watched.toLocaleString('en-US')} watched packages`,
    columns: ['when', 'server MB', 'at most', 'npm plugin MB', 'at most'],
    rows,
    notes: [
      `${repositories} repositories of ${packagesEach.toLocaleString('en-US')} packages with ${versions} versions, a file each; a pipeline listens to each repository. SQLite.`,
      'Resident and peak (VmRSS, VmHWM of /proc/PID/status), in MB of 1,048,576 bytes; the first poll records everything, the second finds it unchanged.',
    ],
  };
};

function describeRepository(name: string, registry: string): string {
  const list = Array.from({ length: packagesEach }, (_, index) => `${name}-${index}`)
    .map((name) => `      ${name}: { config: { name: ${name}, prereleases: true }, first: none }`)
    .join('\n');
  return `
repositories:
  ${name}:
    plugin: npm
    config: { url: "${registry}" }
    poll: { manual: true }
    packages:
${list}
pipelines:
  of-${name}:
    materials: [{ package: ${name}/${name}-0 }]
    stages: [{ name: none, jobs: { none: { run: "true" } } }]
`;
}

async function poll(server: Server, repository: string): Promise<void> {
  const { status, body } = await server.post(`/api/v1/repositories/${repository}/poll`, { wait: true });
  if (status !== 200)
    throw new Error(`the poll of ${repository} was answered ${status}: ${JSON.stringify(body)}`);
  const { items } = (await server.get(`/api/v1/repositories/${repository}/polls?limit=1`)) as {
    items: readonly { outcome: string }[];
  };
  if (items[0]?.outcome !== 'ok')
    throw new Error(`the poll of ${repository} went wrong: ${JSON.stringify(items[0])}`);
}

function toMegabytes(process: ProcessFacts | undefined): readonly Cell[] {
  return process
    ? [process.resident, process.peak].map((bytes) => Math.round(bytes / 1_048_576))
    : [null, null];
}
