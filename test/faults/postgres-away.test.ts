import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { type EventReceiver, startEventReceiver } from '../support/event-receiver.ts';
import { postgres } from '../support/postgres.ts';
import { createRandom } from '../support/random.ts';
import { describeWith } from '../support/requirement.ts';
import { type ScriptedRegistry, startScriptedRegistry } from '../support/scripted-registry.ts';
import { openWorkplace, type Server, type Workplace } from '../support/sluice.ts';
import { settle } from '../support/story.ts';
import { until } from '../support/until.ts';

/** How often connections are cut; 100 and more for a long look. */
const rounds = Number(process.env['ROUNDS'] ?? 12);
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

describeWith(postgres, 'two nodes whose PostgreSQL goes away', () => {
  let cluster: Cluster;
  let registry: ScriptedRegistry;
  let receiver: EventReceiver;
  let places: readonly [Workplace, Workplace];
  let nodes: readonly [Server, Server];
  const published: string[] = [];

  beforeAll(async () => {
    const started = await startCluster();
    if (!started) throw new Error('the binaries of PostgreSQL are missing');
    cluster = started;
    registry = await startScriptedRegistry();
    receiver = await startEventReceiver();
    publish();
    places = [await openWorkplace(), await openWorkplace()];
    for (const place of places) await place.configure(describeNode());
    nodes = [await places[0].serve(), await places[1].serve()];
  }, 180_000);
  afterAll(async () => {
    for (const place of places) await place.remove();
    await receiver.close();
    await registry.close();
    cluster.stop();
  });

  /**
   * Every version starts a run, which lets another pipeline's run follow; each job notes that it was
   * executed.
   */
  function describeNode(): string {
    const job = `run: 'echo "$GO_PIPELINE_NAME $GO_PACKAGE_IT_LABEL" >> "$HOME/runs"'`;
    return `
server: { port: 0 }
store: ${cluster.url}
events: [{ http: { url: "${receiver.url}" }, only: ["pipelinerun.finished"], retry: { first: 1s, max: 5s, giveUp: 1h } }]
repositories:
  main: { plugin: npm, config: { url: "${registry.url}" }, poll: { every: 1s }, packages: { it: { config: { name: watched } } } }
pipelines:
  each:
    maxNewRuns: 10000
    materials: [{ package: main/it, trigger: every, as: IT }]
    stages: [{ name: one, jobs: { note: { ${job} } } }, { name: two, jobs: { a: { run: "true" }, b: { run: "true" } } }]
  after:
    materials: [{ pipeline: each, trigger: every }, { package: main/it, trigger: manual, as: IT }]
    stages: [{ name: one, jobs: { note: { ${job} } } }]
`;
  }

  function publish(): void {
    const version = `1.${published.length}.0`;
    published.push(version);
    registry.publish(version);
  }

  const readRuns = async () =>
    (await Promise.all(places.map((place) => place.lines('runs')))).flat().toSorted();
  const say = () => nodes.map((node) => node.output()).join('\n---\n');

  async function expectExactlyOnce(): Promise<void> {
    const wanted = published.flatMap((version) => [`after ${version}`, `each ${version}`]).toSorted();
    await until(async () => new Set(await readRuns()).size === wanted.length, {
      limitMs: 60_000,
      describe: () => `a run of each of ${published.length} versions; the nodes said:\n${say()}`,
    });
    for (const node of nodes) await settle(node);
    expect(await readRuns()).toEqual(wanted);
    for (const pipeline of ['each', 'after']) {
      const { items } = (await nodes[0].get(`/api/v1/pipelines/${pipeline}/runs?limit=500`)) as {
        readonly items: readonly { readonly counter: number; readonly status: string }[];
      };
      expect(items.map(({ counter }) => counter)).toEqual(
        published.map((_, index) => published.length - index),
      );
      expect(items.filter(({ status }) => status !== 'passed')).toEqual([]);
    }
    // At least once, under an id that stays the same.
    await until(() => new Set(receiver.taken.map(({ id }) => id)).size === 2 * published.length, {
      describe: () => `${2 * published.length} events; there are ${receiver.taken.length}`,
    });
    expect(nodes.map(({ process }) => process.exitCode)).toEqual([null, null]);
  }

  async function cut(admin: pg.Client, random: () => number): Promise<number> {
    const share = random();
    const { rowCount } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'sluice%' and random() < ${share}`,
    );
    return rowCount ?? 0;
  }

  it(`cut off ${rounds} times under load (SEED=${seed}), lose nothing and double nothing`, async () => {
    const random = createRandom(seed);
    const admin = new pg.Client({ connectionString: cluster.url });
    await admin.connect();
    await admin.query(`select setseed(${random()})`);
    let connections = 0;
    for (let round = 0; round < rounds; round++) {
      publish();
      await wait(100 + 500 * random());
      connections += await cut(admin, random);
    }
    await admin.end();
    await expectExactlyOnce();
    console.log(
      `${rounds} rounds, ${connections} connections cut, ${published.length} versions, ${(await readRuns()).length} runs`,
    );
  }, 600_000);

  for (const mode of ['fast', 'immediate'] as const) {
    it(`by a restart (${mode}), are not ready meanwhile, and go on by themselves`, async () => {
      const readiness = async (node: Server) => (await fetch(`${node.url}/readyz`)).status;
      publish();
      await until(async () => (await readRuns()).includes('after 1.0.0'));
      await cluster.halt(mode);
      publish();
      for (const node of nodes) await until(async () => (await readiness(node)) === 503);
      expect(await (await fetch(`${nodes[0].url}/readyz`)).json()).toMatchObject({
        reasons: ['the store does not answer'],
      });
      await cluster.start();
      for (const node of nodes) await until(async () => (await readiness(node)) === 200);
      publish();
      await expectExactlyOnce();
    }, 120_000);
  }

  it('by a server that says nothing for a while, are not ready meanwhile, and go on by themselves', async () => {
    await until(async () => (await readRuns()).includes('after 1.0.0'));
    cluster.signal('SIGSTOP');
    publish();
    const begun = Date.now();
    const answer = await fetch(`${nodes[0].url}/readyz`);
    expect({ status: answer.status, isQuick: Date.now() - begun < 4_000 }).toEqual({
      status: 503,
      isQuick: true,
    });
    cluster.signal('SIGCONT');
    await expectExactlyOnce();
  }, 120_000);
});
