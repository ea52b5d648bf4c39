import fc from 'fast-check';
import { afterAll, it } from 'vitest';
import { describePostgres, describeSqlite, type StorePlace } from '../../../../test/support/stores.ts';
import { World } from '../world.ts';
import { Play } from './play.ts';
import { graph, steps } from './random-graph.ts';

/** How many stories are tried: `ROUNDS=1000` for more; `SEED=...` repeats. */
const rounds = Number(process.env['ROUNDS'] ?? 40);
const seed = process.env['SEED'] === undefined ? Date.now() % 2 ** 31 : Number(process.env['SEED']);

function describeStories(numRuns: number, place: () => Promise<StorePlace>): void {
  let world: World | undefined;
  afterAll(() => world?.close());

  it(`neither mixes, nor forgets, nor repeats, nor lowers anything (SEED=${seed})`, { timeout: 0 }, async () => {
    world = await World.open(await place(), []);
    const inWorld = world;
    const property = fc.asyncProperty(graph, steps, async (pipelines, story) => {
      await inWorld.clear(pipelines);
      const play = new Play(inWorld, pipelines);
      for (const step of story) await play.play(step);
      await play.finish();
    });
    await fc.assert(property, { seed, numRuns, asyncReporter: report });
  });
}

/** The shrunk story, readable, and how to see it again. */
async function report<T>({ failed, seed: used, errorInstance, numRuns }: fc.RunDetails<T>): Promise<void> {
  if (!failed) return;
  const why = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  throw new Error(`SEED=${used} repeats this story, found in round ${numRuns}: ${why}`);
}

describeSqlite('fan-in over random graphs and stories', (place) => describeStories(rounds, place));
describePostgres('fan-in over random graphs and stories', (place) => describeStories(Math.ceil(rounds / 10), place));
