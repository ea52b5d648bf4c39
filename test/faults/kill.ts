import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom } from '../support/random.ts';
import { openWorkplace, type Workplace } from '../support/sluice.ts';
import type { StorePlace } from '../support/stores.ts';
import { describeStory, pollNow, readRuns, settle } from '../support/story.ts';
import { startVerdaccio, type Verdaccio } from '../support/verdaccio.ts';

const rounds = 50;
const longestLifeMs = 1_500;
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** Kills a server fifty times while versions are published, and looks at what its jobs have done. */
export function testKills(place: () => Promise<StorePlace>): void {
  let registry: Verdaccio;
  beforeAll(async () => {
    registry = await startVerdaccio();
  });
  afterAll(() => registry?.close());

  it(`${rounds} times (SEED=${seed}): every version has exactly its runs, and every job was executed exactly once`, async () => {
    const random = createRandom(seed);
    const store = await place();
    const workplace = await openWorkplace({ REGISTRY_TOKEN: registry.token });
    const name = 'killed';
    await workplace.configure(
      describeStory({ package: name, registry: registry.url, store: store.url, poll: '{ every: 1s }' }),
    );

    const published: string[] = ['1.0.0'];
    await registry.put(name, '1.0.0');
    const baseline = await workplace.serve();
    await pollNow(baseline);
    await baseline.stop('SIGKILL');
    for (let round = 1; round <= rounds; round++) {
      const server = await workplace.serve();
      for (let more = Math.floor(random() * 3); more > 0; more--) {
        published.push(await publishNext(registry, name, published, random));
      }
      await wait(random() * longestLifeMs);
      await server.stop('SIGKILL');
    }

    const server = await workplace.serve();
    await pollNow(server);
    await settle(server);
    await expectExactlyOnce(workplace, published);
    await server.stop();
    await workplace.remove();
    await store.remove();
  });
}

/** Mostly the next minor version, sometimes a backport between two that exist. */
async function publishNext(
  registry: Verdaccio,
  name: string,
  published: readonly string[],
  random: () => number,
): Promise<string> {
  const minors = published.filter((version) => version.endsWith('.0')).length;
  const backportTo = Math.floor(random() * minors);
  const patch = published.filter((version) => version.startsWith(`1.${backportTo}.`)).length;
  const version = random() < 0.25 ? `1.${backportTo}.${patch}` : `1.${minors}.0`;
  await registry.put(name, version);
  return version;
}

async function expectExactlyOnce(workplace: Workplace, published: readonly string[]): Promise<void> {
  const runs = await readRuns(workplace);
  const each = runs.filter(({ pipeline }) => pipeline === 'each');
  expect(each.map(({ version }) => version).toSorted()).toEqual(published.toSorted());
  expect(each.map(({ counter }) => counter).toSorted((a, b) => a - b)).toEqual(
    published.map((_, index) => index + 1),
  );

  const newest = runs.filter(({ pipeline }) => pipeline === 'newest').map(({ version }) => version);
  const highest = Math.max(...published.map((version) => Number(version.split('.')[1])));
  expect(new Set(newest).size).toBe(newest.length);
  expect(newest.at(-1)).toMatch(new RegExp(`^1\\.${highest}\\.`));
}
