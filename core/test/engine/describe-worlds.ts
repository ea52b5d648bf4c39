import { afterEach } from 'vitest';
import { describeContract, describeStores } from '../../../test/support/stores.ts';
import type { PipelineConfig } from '../../src/config/config.ts';
import { World } from './world.ts';

/** Opens a world with pipelines; it is closed after the test. */
export type OpenWorld = (...pipelines: readonly PipelineConfig[]) => Promise<World>;

type WorldTests = (open: OpenWorld) => void;

/** Describes tests over both stores, as {@link describeStores} does. */
export function describeWorlds(title: string, tests: WorldTests): void {
  describeOver(describeStores, title, tests);
}

/** Describes tests over both stores in every run, as {@link describeContract} does. */
export function describeWorldsContract(title: string, tests: WorldTests): void {
  describeOver(describeContract, title, tests);
}

function describeOver(describe: typeof describeStores, title: string, tests: WorldTests): void {
  describe(title, (place) => {
    const worlds: World[] = [];
    afterEach(async () => {
      for (const world of worlds.splice(0)) await world.close();
    });
    tests(async (...pipelines) => {
      const world = await World.open(await place(), pipelines);
      worlds.push(world);
      return world;
    });
  });
}
