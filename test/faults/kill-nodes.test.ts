// @module-tag long
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RemoteJob } from '../../core/src/config/jobs.ts';
import { openStore } from '../../core/src/store/store.ts';
import { countWaitingTriggers } from '../../core/src/store/triggers.ts';
import { listenTo, makePipeline, makeStage } from '../../core/test/engine/configs.ts';
import { World } from '../../core/test/engine/world.ts';
import { type BuildServer, startBuildServer } from '../../core/test/targets/remote/build-server.ts';
import { kindRows } from '../../core/test/targets/remote/kinds.ts';
import { createRandom } from '../support/random.ts';
import { describePostgres, describeSqlite, type StorePlace } from '../support/stores.ts';
import { type MortalOptions, readClock } from './mortal-node.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
/** More than a life has. */
const mostTransactions = 45;
const rows = kindRows.filter(({ canSayAbsent }) => canSayAbsent);

/** The servers that can say whether a build is there, one pipeline each. */
async function startServers(now: () => number) {
  const servers = await Promise.all(
    rows.map(async (row) => ({ row, server: await startBuildServer(row.vendor, now) })),
  );
  const pipelines = servers.map(({ row, server }, index) => {
    const common = { name: 'work', timeoutMs: 365 * 86_400_000, secrets: [], onDoubt: 'fail' } as const;
    const job = { ...common, ...row.describe(server.url) } as RemoteJob;
    return makePipeline(`p${index}`, {
      materials: [listenTo('a', 'every')],
      stages: [makeStage('build', [job])],
    });
  });
  return { servers, pipelines };
}

/**
 * Lives until nothing is left to do, or until it is killed by itself or when a request arrives or is done.
 * Answers whether it was.
 */
async function live(
  options: MortalOptions,
  servers: readonly BuildServer[],
  atRequest?: { number: number; done: boolean },
) {
  const node = spawn(
    process.execPath,
    [join(import.meta.dirname, 'mortal-node.ts'), JSON.stringify(options)],
    {
      env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  let count = 0;
  for (const server of servers) {
    server.onCall = (_, done) => {
      if (atRequest && done === atRequest.done && ++count === atRequest.number) node.kill('SIGKILL');
    };
  }
  const [code, signal] = await once(node, 'exit');
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the node ended with ${code ?? signal}`);
  return signal === 'SIGKILL';
}

function testKills(deaths: number, place: () => Promise<StorePlace>): void {
  it(`are neither lost nor doubled in ${deaths} kills (SEED=${seed})`, async () => {
    const random = createRandom(seed);
    const pick = (most: number) => 1 + Math.floor(random() * most);
    await using ending = new AsyncDisposableStack();
    const directory = ending.adopt(await mkdtemp(join(tmpdir(), 'sluice-kill-')), (path) =>
      rm(path, { recursive: true }),
    );
    const clock = join(directory, 'clock');
    await writeFile(clock, '0');
    const { servers, pipelines } = await startServers(() => readClock(clock));
    for (const { server } of servers) ending.defer(() => server.close());
    const at = await place();
    const world = await World.open(at, pipelines);
    ending.defer(() => world.close());
    const all = servers.map(({ server }) => server);
    const life = { url: at.url, pipelines, directory, clock };

    let [published, killed, lives] = [0, 0, 0];
    /** So that a life has something to do, and not more than it does. */
    const publish = async () => {
      if ((await world.store.transact(countWaitingTriggers)) < rows.length)
        await world.publish('a', [`1.${published++}.0`]);
    };
    const liveOn = async (
      ...[death, atRequest]: [MortalOptions['death']?, { number: number; done: boolean }?]
    ) => {
      await world.store.close();
      const wasKilled = await live({ ...life, ...(death && { death }) }, all, atRequest);
      world.store = await openStore(at.url, { now: Date.now, random: Math.random });
      return wasKilled;
    };
    while (killed < deaths && lives++ < 3 * deaths) {
      await publish();
      const isSecond = random() < 0.5;
      const isItself = random() < 0.6;
      const wasKilled = isItself
        ? await liveOn({ transaction: pick(mostTransactions), committed: isSecond })
        : await liveOn(undefined, { number: pick(2 * rows.length), done: isSecond });
      if (wasKilled) killed++;
    }
    await liveOn();

    expect(killed).toBe(deaths);
    for (const { row, server } of servers) {
      expect(server.all.length, row.title).toBe(published);
      expect(new Set(server.all.map(({ key }) => key)).size, row.title).toBe(published);
    }
    for (const { name } of pipelines) {
      const runs = await world.runs(name);
      const unlucky = runs
        .filter(({ status }) => status !== 'passed')
        .flatMap(({ stages }) => stages.flatMap(({ jobs }) => jobs));
      expect(unlucky, name).toEqual([]);
      expect(runs).toHaveLength(published);
    }
  });
}

describeSqlite('builds elsewhere, of a node that is killed with kill -9 at every point', (place) =>
  testKills(160, place),
);
describePostgres('builds elsewhere, of a node that is killed with kill -9 at every point', (place) =>
  testKills(40, place),
);
