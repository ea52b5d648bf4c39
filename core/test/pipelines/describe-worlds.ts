import { afterEach } from 'vitest';
import { describeStores } from '../../../test/support/stores.ts';
import type { PipelineConfig } from '../../src/config/config.ts';
import { World } from './world.ts';

/** Opens a world with pipelines; it is closed after the test. */
export type OpenWorld = (...pipelines: readonly PipelineConfig[]) => Promise<World>;

/** Describes tests over both stores. */
export function describeWorlds(title: string, tests: (open: OpenWorld) => void): void {
  describeStores(title, (place) => {
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
