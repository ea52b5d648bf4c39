import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createDatabase,
  createDatabaseOn,
  type Database,
  postgres,
  server as postgresServer,
} from '../support/postgres.ts';
import { createRandom } from '../support/random.ts';
import { describeWith } from '../support/requirement.ts';
import { type ScriptedRegistry, startScriptedRegistry } from '../support/scripted-registry.ts';
import { openWorkplace, type Started, type Workplace } from '../support/sluice.ts';
import { until } from '../support/until.ts';

/** How often a server is ended at random moments; many more for a long look. */
const rounds = Number(process.env['ROUNDS'] ?? 4);
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const longestMs = 5_000;
const fixtures = join(import.meta.dirname, '../../core/test/plugins/fixtures');

let registry: ScriptedRegistry;
let place: Workplace;

beforeEach(async () => {
  registry = await startScriptedRegistry();
  registry.publish('1.0.0');
  place = await openWorkplace();
});
afterEach(async () => {
  await place.remove();
  await registry.close();
});

interface Options {
  readonly store?: string;
  readonly plugins?: readonly string[];
  /** More repositories, as lines of YAML. */
  readonly more?: string;
}

function describeServer({ store = 'sqlite:sluice.db', plugins = [], more = '' }: Options = {}): string {
  return `
server: { port: 0 }
store: ${store}
plugins: ${JSON.stringify(plugins.map((name) => join(fixtures, `${name}.ts`)))}
repositories:
  main: { plugin: npm, config: { url: "${registry.url}" }, poll: { every: 1s }, packages: { it: { config: { name: watched } } } }
${more}
pipelines:
  each: { materials: [{ package: main/it, trigger: every }], stages: [{ name: one, jobs: { go: { run: "true" } } }] }
`;
}

const untilReady = ({ output }: Started) =>
  until(() => output().includes('look at http'), {
    limitMs: 60_000,
    describe: () => `a server that is ready in:\n${output()}`,
  });

/** Every process that lives in the workplace's folder: the server, its plugins and who watches them, jobs. */
function listProcesses(): readonly number[] {
  return readdirSync('/proc').flatMap((entry) => {
    try {
      return /^\d+$/.test(entry) && readlinkSync(`/proc/${entry}/cwd`) === place.directory
        ? [Number(entry)]
        : [];
    } catch {
      return [];
    }
  });
}

/** Ends a server, and makes sure that it has gone in time, with all that it had started. */
async function expectEnd(
  { process: child, output }: Started,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  expect(child.exitCode, output()).toBeNull();
  const exited = once(child, 'exit');
  const begun = performance.now();
  child.kill(signal);
  await Promise.race([exited, wait(2 * longestMs)]);
  const tookMs = performance.now() - begun;
  expect(
    { ended: child.exitCode !== null || child.signalCode !== null, inTime: tookMs < longestMs },
    output(),
  ).toEqual({
    ended: true,
    inTime: true,
  });
  await until(() => listProcesses().length === 0, {
    limitMs: 3_000,
    describe: () => `the end of ${listProcesses().join(', ')}, which the server left`,
  });
}

describe('a server that is asked to end', () => {
  it(`at ${rounds} random moments of its start and of a reload (SEED=${seed}) is gone within 5 seconds, and leaves nobody`, async () => {
    const random = createRandom(seed);
    for (let round = 0; round < rounds; round++) {
      await place.configure(describeServer());
      const started = place.start();
      const signal = random() < 0.5 ? 'SIGTERM' : 'SIGINT';
      if (round % 2 === 0) {
        await wait(100 + 2_500 * random());
        await expectEnd(started, signal);
        continue;
      }
      await untilReady(started);
      if (random() < 0.5) started.process.kill('SIGHUP');
      else await place.configure(describeServer({ more: '  other: { plugin: npm, packages: {} }' }));
      await wait(1_000 * random());
      await expectEnd(started, signal);
    }
  }, 900_000);

  it('while a plugin is loaded that never ends, at start', async () => {
    await place.configure(describeServer({ plugins: ['loops-at-load'] }));
    const started = place.start();
    await until(() => listProcesses().length >= 6, {
      describe: () => `a plugin that is loaded; ${started.output()}`,
    });
    await expectEnd(started);
  });

  it('while a reload loads a plugin that never ends, and another hangs over a poll', async () => {
    const hangs =
      '  hung: { plugin: telling, config: { loops: true }, poll: { every: 1s }, packages: { it: { config: { name: it } } } }';
    const listens =
      '  more: { materials: [{ package: hung/it }], stages: [{ name: one, jobs: { go: { run: "true" } } }] }\n';
    await place.configure(describeServer({ plugins: ['telling'], more: hangs }) + listens);
    const started = place.start();
    await untilReady(started);
    await until(() => started.output().includes('pid '), {
      describe: () => `a poll that hangs; ${started.output()}`,
    });
    const before = listProcesses().length;
    await place.configure(describeServer({ plugins: ['telling', 'loops-at-load'], more: hangs }) + listens);
    await until(() => listProcesses().length > before + 1, { describe: () => 'a reload' });
    await expectEnd(started);
  });
});

describeWith(postgres, 'a server on PostgreSQL that is asked to end', () => {
  let database: Database;
  let other: pg.Client;
  async function begin(made: Promise<Database>): Promise<void> {
    database = await made;
    other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await place.configure(describeServer({ store: database.url }));
  }
  afterEach(async () => {
    await place.remove();
    await other.end();
    await database.drop();
  });
  const isWaiting = async () => {
    // Within a transaction it is always the same activity that one sees.
    await other.query('select pg_stat_clear_snapshot()');
    const { rowCount } = await other.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return rowCount !== 0;
  };

  it('while it waits for another node that migrates', async () => {
    if (!postgresServer) throw new Error('PostgreSQL is missing');
    await begin(createDatabaseOn(postgresServer, undefined));
    await other.query('begin; create table kysely_migration (name text primary key)');
    const started = place.start();
    await until(isWaiting, { describe: () => `a migration that waits; ${started.output()}` });
    await expectEnd(started);
  });

  it('while a transaction waits for a lock that nobody gives back', async () => {
    await begin(createDatabase());
    const started = place.start();
    await untilReady(started);
    await other.query('begin; lock table repository in access exclusive mode');
    await until(isWaiting, { describe: () => `a transaction that waits; ${started.output()}` });
    await expectEnd(started);
  });
});
