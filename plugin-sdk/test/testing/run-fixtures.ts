import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** What became of the tests of one fixture, by name from the group on: `compare > puts ...`. */
export interface FixtureResult {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

const vitest = fileURLToPath(new URL('./vitest.mjs', import.meta.resolve('vitest/package.json')));

/** Runs every fixture with vitest in a process of its own. */
export async function runFixtures(): Promise<ReadonlyMap<string, FixtureResult>> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-fixtures-'));
  try {
    const { testResults } = await runVitest(join(directory, 'report.json'));
    return new Map(
      testResults.map(({ name, assertionResults }) => [basename(name, '.ts'), sortResults(assertionResults)]),
    );
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function runVitest(reportFile: string): Promise<Report> {
  const config = join(import.meta.dirname, 'fixtures.config.ts');
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--config', config, '--reporter=json', `--outputFile=${reportFile}`],
    {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return readFile(reportFile, 'utf8').then(JSON.parse, (cause) => {
    throw new Error(`vitest wrote no report: ${errors}${output}`, { cause });
  });
}

function sortResults(results: Report['testResults'][number]['assertionResults']): FixtureResult {
  const named = (wanted: (status: string) => boolean) =>
    results
      .filter(({ status }) => wanted(status))
      .map(({ ancestorTitles, title }) => [...ancestorTitles.slice(1), title].join(' > '));
  return {
    passed: named((status) => status === 'passed'),
    failed: named((status) => status === 'failed'),
    skipped: named((status) => status !== 'passed' && status !== 'failed'),
  };
}
