/**
 * Runs the benchmarks: every function called `bench...` that a file beside this one exports. `npm run bench`
 * runs all of them, `npm run bench -- polls` those of `polls.ts`; `--json FILE` writes what was found there
 * as well.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bench, type Report, toMarkdown } from './support/report.ts';

interface FoundBench {
  readonly name: string;
  readonly bench: Bench;
}

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
const found = await findBenches();
const names = [...new Set(found.map(({ name }) => name))];
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(2);
}

const machine = describeMachine();
console.log(Object.values(machine).join(', '));
const reports: Report[] = [];
for (const { name, bench } of found) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const report = await bench((line) => console.error(line));
  reports.push(report);
  console.log(`\n${toMarkdown(report)}`);
}
const json = JSON.stringify({ machine, reports }, undefined, 2);
if (values.json === undefined) console.log(`\n\`\`\`json\n${json}\n\`\`\``);
else await writeFile(values.json, `${json}\n`);

async function findBenches(): Promise<readonly FoundBench[]> {
  const files = (await readdir(import.meta.dirname)).filter(
    (file) => file.endsWith('.ts') && file !== basename(import.meta.filename),
  );
  const lists = await Promise.all(
    files.sort().map(async (file) => {
      const module: Readonly<Record<string, unknown>> = await import(join(import.meta.dirname, file));
      const entries = Object.entries(module).filter((entry): entry is [string, Bench] => isBench(entry));
      return entries.map(([, bench]) => ({ name: basename(file, '.ts'), bench }));
    }),
  );
  return lists.flat();
}

function isBench([name, value]: [string, unknown]): boolean {
  return name.startsWith('bench') && typeof value === 'function';
}

function describeMachine(): Readonly<Record<string, string>> {
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'})`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB of memory`,
    node: `Node ${process.version}`,
  };
}
