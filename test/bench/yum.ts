import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { startDirectoryServer } from '../support/directory-server.ts';
import { measureCommand, type ProcessCost } from './support/measured-process.ts';
import { generatePrimary, nameAt } from './support/primary-generator.ts';
import type { Bench, Cell } from './support/report.ts';

const packages = 65_000;
const script = join(import.meta.dirname, 'support/yum-process.ts');
const node = (task: string) => `${process.execPath} ${script} ${task}`;

interface Contender {
  readonly name: string;
  readonly command: string;
  /** The least of so many runs counts; others use the machine too. */
  readonly runs: number;
  /** What is taken off, where something is. */
  readonly less?: string;
}

/**
 * A cold poll of a repository of 65,000 packages beside everything else that reads such a file, whole
 * processes.
 */
export const benchYum: Bench = async (say) => {
  await using ending = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'sluice-yum-bench-'));
  ending.defer(() => rm(directory, { recursive: true, force: true }));
  const sizes = await writeRepository(directory);
  say(
    `yum: ${packages} packages, ${Math.round(sizes.open / 1e6)} MB of primary.xml, ${Math.round(sizes.gz / 1e6)} MB gzipped`,
  );
  const costs = new Map<string, ProcessCost>();
  for (const contender of describeContenders(directory)) {
    costs.set(contender.name, await measureBest(contender));
    say(`yum: ${contender.name}: ${JSON.stringify(costs.get(contender.name))}`);
  }
  const server = ending.adopt(await startDirectoryServer(directory), (one) => one.close());
  const url = pathToFileURL(directory).href;
  const read = async (task: string) => Number((await measureCommand(node(task))).output);
  const unchanged = [await read(`unchanged ${url} 300`), await read(`unchanged ${server.url} 300`)].map(
    (ms) => ms.toFixed(2),
  );
  const warm = [await read(`warm ${url} 1`), await read(`warm ${url} 1000`)].map(Math.round);
  return {
    title: `A cold poll of ${packages.toLocaleString('en-US')} rpms: ${Math.round(sizes.open / 1e6)} MB of primary.xml, ${Math.round(sizes.gz / 1e6)} MB gzipped`,
    columns: ['reader, whole process', 'seconds', 'x gzip -dc', 'CPU seconds', 'x gzip -dc, CPU', 'peak MB'],
    rows: describeContenders(directory).map((contender) => toRow(contender, costs)),
    notes: [
      'The least of three runs (of one for those that take longest). "less the start" takes off what the process costs that loads the same and polls nothing.',
      `In a process that has polled three times before, a cold poll for one package costs ${warm[0]} ms of CPU, for 1,000 ${warm[1]} ms.`,
      `An unchanged poll costs ${unchanged[0]} ms of CPU where the repository is a directory, ${unchanged[1]} ms over HTTP (mean of 300).`,
    ],
  };
};

function describeContenders(directory: string): readonly Contender[] {
  const url = pathToFileURL(directory).href;
  const gz = join(directory, 'repodata/primary.xml.gz');
  const dnf = `dnf repoquery -q --disablerepo='*' --repofrompath=it,${url} --setopt=it.gpgcheck=0 --setopt=cachedir=${directory}/dnf --releasever=1`;
  const start = 'Node with the plugin, no poll';
  return [
    { name: 'gzip -dc', command: `gzip -dc ${gz} >/dev/null`, runs: 3 },
    { name: 'zstd -dc', command: `zstd -qdc ${directory}/primary.xml.zst >/dev/null`, runs: 3 },
    { name: start, command: node(`poll ${url} 0`), runs: 3 },
    { name: "Node's gunzip alone, less the start", command: node(`inflate ${gz}`), runs: 3, less: start },
    { name: 'Sluice, 1 package', command: node(`poll ${url} 1`), runs: 3 },
    { name: 'Sluice, 1 package, less the start', command: node(`poll ${url} 1`), runs: 3, less: start },
    {
      name: 'Sluice, 1,000 packages, less the start',
      command: node(`poll ${url} 1000`),
      runs: 3,
      less: start,
    },
    {
      name: 'Sluice, zstd, 1 package, less the start',
      command: node(`poll ${pathToFileURL(join(directory, 'zstd')).href} 1`),
      runs: 3,
      less: start,
    },
    {
      name: 'dnf repoquery, cold',
      command: `rm -rf ${directory}/dnf; ${dnf} --refresh ${nameAt(0)}`,
      runs: 1,
    },
    { name: 'dnf repoquery, unchanged', command: `${dnf} --refresh ${nameAt(0)}`, runs: 1 },
    { name: 'libsolv (gzip -dc | rpmmd2solv)', command: `gzip -dc ${gz} | rpmmd2solv >/dev/null`, runs: 1 },
    {
      name: 'saxes in Node (the fallback), less the start',
      command: node(`parse ${gz}`),
      runs: 1,
      less: start,
    },
  ];
}

async function measureBest({ command, runs }: Contender): Promise<ProcessCost> {
  const costs: ProcessCost[] = [];
  for (let run = 0; run < runs; run++) costs.push(await measureCommand(command));
  const least = (pick: (cost: ProcessCost) => number) => Math.min(...costs.map(pick));
  return {
    seconds: least((cost) => cost.seconds),
    cpuSeconds: least((cost) => cost.cpuSeconds),
    peakMb: least((cost) => cost.peakMb),
    output: '',
  };
}

function toRow({ name, less }: Contender, costs: ReadonlyMap<string, ProcessCost>): readonly Cell[] {
  const [cost, start, gzip] = [costs.get(name), costs.get(less ?? ''), costs.get('gzip -dc')];
  if (!cost || !gzip) throw new Error(`${name} was not measured`);
  const seconds = cost.seconds - (start?.seconds ?? 0);
  const cpuSeconds = cost.cpuSeconds - (start?.cpuSeconds ?? 0);
  return [
    name,
    seconds,
    seconds / gzip.seconds,
    cpuSeconds,
    cpuSeconds / gzip.cpuSeconds,
    cost.peakMb - (start?.peakMb ?? 0),
  ];
}

/** The same metadata gzipped, and beside it, in `zstd/`, with zstd. */
async function writeRepository(directory: string): Promise<{ readonly open: number; readonly gz: number }> {
  const xml = join(directory, 'primary.xml');
  for (const place of [directory, join(directory, 'zstd')])
    await mkdir(join(place, 'repodata'), { recursive: true });
  await pipeline(Readable.from(generatePrimary({ packages })), createWriteStream(xml));
  const gz = join(directory, 'repodata/primary.xml.gz');
  const zst = join(directory, 'zstd/repodata/primary.xml.zst');
  execFileSync('bash', ['-c', `gzip -6 -c ${xml} > ${gz}; zstd -q ${xml} -o ${zst}; ln ${zst} ${xml}.zst`]);
  const open = await describeFile(xml);
  for (const [place, stored, ending] of [
    [directory, gz, '.gz'],
    [join(directory, 'zstd'), zst, '.zst'],
  ] as const) {
    await writeFile(
      join(place, 'repodata/repomd.xml'),
      writeRepomd(open, await describeFile(stored), ending),
    );
  }
  await rm(xml);
  return { open: open.size, gz: (await stat(gz)).size };
}

interface FileFacts {
  readonly sha256: string;
  readonly size: number;
}

async function describeFile(path: string): Promise<FileFacts> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { sha256: hash.digest('hex'), size: (await stat(path)).size };
}

function writeRepomd(open: FileFacts, stored: FileFacts, ending: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1</revision><data type="primary">
<checksum type="sha256">${stored.sha256}</checksum><open-checksum type="sha256">${open.sha256}</open-checksum>
<location href="repodata/primary.xml${ending}"/><timestamp>1</timestamp><size>${stored.size}</size><open-size>${open.size}</open-size>
</data></repomd>
`;
}
