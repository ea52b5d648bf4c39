import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type EventReceiver, startEventReceiver, type TakenEvent } from '../support/event-receiver.ts';
import { createRandom } from '../support/random.ts';
import { startScriptedRegistry } from '../support/scripted-registry.ts';
import { openWorkplace, type Server } from '../support/sluice.ts';
import type { StorePlace } from '../support/stores.ts';
import { pollNow } from '../support/story.ts';
import { until } from '../support/until.ts';

const rounds = 8;
const longestLifeMs = 600;
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/**
 * Kills a server while it delivers events to one sink that fails half the time and another that never
 * answers.
 */
export function testKilledDeliveries(place: () => Promise<StorePlace>): void {
  it(`${rounds} times (SEED=${seed}): every event arrives, those of one subject in their order`, async () => {
    const random = createRandom(seed);
    await using ending = new AsyncDisposableStack();
    const store = ending.adopt(await place(), (one) => one.remove());
    const registry = ending.adopt(await startScriptedRegistry(), (one) => one.close());
    const [flaky, silent] = [await startEventReceiver(), await startEventReceiver()];
    for (const receiver of [flaky, silent]) ending.adopt(receiver, (one) => one.close());
    flaky.status = () => (random() < 0.5 ? 503 : 204);
    silent.status = () => undefined;
    const workplace = ending.adopt(await openWorkplace(), (one) => one.remove());
    await workplace.configure(describeConfig(store.url, registry.url, { flaky, silent }));

    registry.publish('1.0.0');
    let server = await workplace.serve();
    await pollNow(server, 'shop');
    const versions: string[] = [];
    for (let round = 1; round <= rounds; round++) {
      for (let patch = 0; patch < 20; patch++) versions.push(`1.${round}.${patch}`);
      for (const version of versions.slice(-20)) registry.publish(version);
      await pollNow(server, 'shop');
      await wait(random() * longestLifeMs);
      await server.stop('SIGKILL');
      server = await workplace.serve();
    }
    await until(() => isDrained(server, 'flaky'), {
      describe: () => `an end of the deliveries; the server said:\n${server.output()}`,
    });
    expectAll(flaky.taken, versions);
    await server.stop();
  });
}

function describeConfig(
  store: string,
  registry: string,
  { flaky, silent }: Readonly<Record<'flaky' | 'silent', EventReceiver>>,
): string {
  const retry = 'retry: { first: 5ms, max: 50ms }';
  return `
server: { port: 0 }
store: ${store}
events:
  - { name: flaky, http: { url: "${flaky.url}" }, only: ["artifact.*", "configuration.loaded"], ${retry} }
  - { name: silent, http: { url: "${silent.url}" }, ${retry} }
repositories:
  shop: { plugin: npm, config: { url: "${registry}" }, poll: { manual: true }, packages: { it: { config: { name: watched } } } }
pipelines:
  none:
    materials: [{ package: shop/it, trigger: manual }]
    stages: [{ name: none, jobs: { none: { run: 'true' } } }]
`;
}

async function isDrained(server: Server, name: string): Promise<boolean> {
  const { items } = (await server.get('/api/v1/events/sinks')) as {
    items: readonly { name: string; lag: number }[];
  };
  return items.some((sink) => sink.name === name && sink.lag === 0);
}

function expectAll(taken: readonly TakenEvent[], versions: readonly string[]): void {
  const subjects = taken.map(({ subject }) => subject).filter((subject) => subject.startsWith('pkg:'));
  expect([...new Set(subjects)]).toEqual(versions.map((version) => `pkg:npm/watched@${version}`));
  const loaded = taken.filter(({ type }) => type === 'dev.sluice.configuration.loaded');
  expect(new Set(loaded.map(({ id }) => id)).size).toBe(rounds + 1);
}
