import fc from 'fast-check';
import { afterAll, it } from 'vitest';
import { long } from '../../../../test/support/long.ts';
import { describePostgres, describeSqlite, type StorePlace } from '../../../../test/support/stores.ts';
import { reportStory, rounds, seed } from '../rounds.ts';
import { World } from '../world.ts';
import { Desk } from './desk.ts';
import { everyTenMinutes } from './setting.ts';
import { people, Walk, walks } from './walk.ts';

function describeWalks(numRuns: number, place: () => Promise<StorePlace>): void {
  let world: World | undefined;
  let desk: Desk | undefined;
  afterAll(async () => {
    await desk?.close();
    await world?.close();
  });

  it(`keeps its rules whatever happens (SEED=${seed})`, { timeout: 0 }, async () => {
    world = await World.open(await place(), []);
    world.calendar = everyTenMinutes;
    desk = await Desk.open(world, people);
    const [inWorld, atDesk] = [world, desk];
    const property = fc.asyncProperty(walks, async (steps) => {
      const walk = new Walk(inWorld, atDesk);
      await walk.begin();
      for (const step of steps) await walk.take(step);
    });
    await fc.assert(property, { seed, numRuns, asyncReporter: reportStory });
  });
}

describeSqlite('the stage machine on random walks', (place) => describeWalks(rounds, place));
describeSqlite('the stage machine on many random walks', (place) => describeWalks(10 * rounds, place), long);
describePostgres('the stage machine on random walks', (place) => describeWalks(rounds, place), long);
