import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDatabase, postgres } from '../support/postgres.ts';
import { describeWith } from '../support/requirement.ts';
import { type ScriptedRegistry, startScriptedRegistry } from '../support/scripted-registry.ts';
import { openWorkplace, type Server, type Workplace } from '../support/sluice.ts';
import { settle } from '../support/story.ts';
import { until } from '../support/until.ts';

describeWith(postgres, 'two nodes on one PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let registry: ScriptedRegistry;
  let places: readonly [Workplace, Workplace];
  let nodes: [Server, Server];

  beforeEach(async () => {
    database = await createDatabase();
    registry = await startScriptedRegistry();
    registry.publish('1.0.0');
    places = [await openWorkplace(), await openWorkplace()];
    for (const place of places) await place.configure(describeNode());
    nodes = [await places[0].serve(), await places[1].serve()];
  });
  afterEach(async () => {
    for (const place of places) await place.remove();
    await registry.close();
    await database.drop();
  });

  function describeNode(interval = '1s'): string {
    return `
server: { port: 0 }
store: ${database.url}
repositories:
  main: { plugin: npm, config: { url: "${registry.url}" }, poll: { every: ${interval} }, packages: { it: { config: { name: watched } } } }
pipelines:
  each:
    materials: [{ package: main/it, trigger: every, as: IT }]
    stages: [{ name: one, jobs: { note: { run: 'echo "$GO_PACKAGE_IT_LABEL" >> "$HOME/runs"' } } }]
`;
  }

  const readRuns = async () =>
    (await Promise.all(places.map((place) => place.lines('runs')))).flat().toSorted();
  const untilRun = (version: string) =>
    until(async () => (await readRuns()).includes(version), {
      describe: () =>
        `a run of ${version}; the nodes said:\n${nodes.map((node) => node.output()).join('\n---\n')}`,
    });

  it('run everything exactly once, and both can be asked', async () => {
    await untilRun('1.0.0');
    const versions = Array.from({ length: 8 }, (_, patch) => `1.1.${patch}`);
    for (const version of versions) {
      registry.publish(version);
      await Promise.all(nodes.map((node) => node.post('/api/v1/repositories/main/poll', { wait: true })));
    }
    await untilRun('1.1.7');
    for (const node of nodes) await settle(node);
    expect(await readRuns()).toEqual(['1.0.0', ...versions]);
    const [first, second] = await Promise.all(nodes.map((node) => node.get('/api/v1/pipelines/each/runs')));
    expect(first).toEqual(second);
    expect(first).toMatchObject({
      items: ['9', '8', '7', '6', '5', '4', '3', '2', '1'].map((label) => ({ label, status: 'passed' })),
    });
  });

  it('take over from one that stops in the middle of a poll, at once', async () => {
    await untilRun('1.0.0');
    await nodes[1].stop();
    registry.publish('1.1.0');
    const held = Promise.withResolvers<void>();
    registry.spoil((document) => ({ body: document, hold: held.promise }));
    const before = registry.asks.length;
    await until(() => registry.asks.length > before);
    nodes[1] = await places[1].serve();
    registry.spoil();
    await nodes[0].stop();
    await untilRun('1.1.0');
    held.resolve();
    expect(await readRuns()).toEqual(['1.0.0', '1.1.0']);
  });

  it('carry on when one is killed', async () => {
    await untilRun('1.0.0');
    await settle(nodes[0]);
    await nodes[1].stop('SIGKILL');
    registry.publish('1.1.0');
    // Where the dead one was polling, its lease has to run out first.
    await until(async () => (await readRuns()).includes('1.1.0'));
    expect(await readRuns()).toEqual(['1.0.0', '1.1.0']);
  });

  it('with another configuration takes nothing and is not ready, until it has the active one', async () => {
    await untilRun('1.0.0');
    await places[1].configure(describeNode('2s'));
    const readiness = async (node: Server) => (await fetch(`${node.url}/readyz`)).status;
    await until(async () => (await readiness(nodes[0])) === 503);
    expect(await readiness(nodes[1])).toBe(200);
    registry.publish('1.1.0');
    await untilRun('1.1.0');
    expect(await places[1].lines('runs')).toContain('1.1.0');
    await places[0].configure(describeNode('2s'));
    await until(async () => (await readiness(nodes[0])) === 200);
  });
});
