import fc from 'fast-check';
import { afterAll, it } from 'vitest';
import { long } from '../../../../test/support/long.ts';
import { describePostgres, describeSqlite, type StorePlace } from '../../../../test/support/stores.ts';
import { reportStory, rounds, seed } from '../rounds.ts';
import { World } from '../world.ts';
import { Play } from './play.ts';
import { graph, steps } from './random-graph.ts';

function describeStories(numRuns: number, place: () => Promise<StorePlace>): void {
  let world: World | undefined;
  afterAll(() => world?.close());

  it(`neither mixes, nor forgets, nor repeats, nor lowers anything (SEED=${seed})`, {
    timeout: 0,
  }, async () => {
    world = await World.open(await place(), []);
    const inWorld = world;
    const property = fc.asyncProperty(graph, steps, async (pipelines, story) => {
      await inWorld.clear(pipelines);
      const play = new Play(inWorld, pipelines);
      for (const step of story) await play.play(step);
      await play.finish();
    });
    await fc.assert(property, { seed, numRuns, asyncReporter: reportStory });
  });
}

describeSqlite('fan-in over random graphs and stories', (place) => describeStories(rounds, place));
describeSqlite(
  'fan-in over many random graphs and stories',
  (place) => describeStories(10 * rounds, place),
  long,
);
describePostgres('fan-in over random graphs and stories', (place) => describeStories(rounds, place), long);
