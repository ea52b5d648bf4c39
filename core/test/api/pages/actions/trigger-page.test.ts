import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeSqlite } from '../../../../../test/support/stores.ts';
import { listenTo, makePipeline } from '../../../engine/configs.ts';
import { Desk, toTokens } from '../../../engine/machine/desk.ts';
import { person, World } from '../../../engine/world.ts';

const alice = person('alice');

describeSqlite('the page that starts a run', (place) => {
  let world: World;
  let desk: Desk;
  beforeAll(async () => {
    world = await World.open(await place(), []);
    desk = await Desk.open(world, [alice]);
    await world.clear(
      [makePipeline('p', { materials: [listenTo('a', 'manual'), listenTo('b', 'manual')] })],
      {
        access: { tokens: toTokens([alice]) },
      },
    );
    await world.publish(
      'a',
      Array.from({ length: 101 }, (_, index) => `1.${index}.0`),
    );
    await world.publish('b', ['7.0.0']);
  });
  afterAll(async () => {
    await desk?.close();
    await world?.close();
  });

  it('lists the newest versions, and says of which material there are more', async () => {
    const page = await desk.see(alice, '/pipelines/p/trigger');
    expect(page).toContain('value="1.100.0"');
    expect(page).not.toContain('value="1.0.0"');
    expect(page.match(/Of the newest 100/g)).toHaveLength(1);
  });

  it('takes an older one that its address names', async () => {
    const page = await desk.see(alice, '/pipelines/p/trigger?npmjs/a=1.0.0');
    expect(page).toMatch(/<option value="1\.0\.0" selected/);
  });
});
