import { expect, it } from 'vitest';
import { openHouse } from '../house.ts';

it('many wrong tokens from an address are refused there for a minute, and a right one never', async () => {
  let now = 1_000_000;
  const { ask } = await openHouse({ people: { alice: ['admin'] } }, { now: () => now });
  const statusOf = async (token: string) => (await ask('/api/v1/pipelines', token)).status;
  for (let count = 0; count < 20; count++) expect(await statusOf(`guess-${count}`)).toBe(401);
  expect(await statusOf('guess-20')).toBe(429);
  expect(await statusOf('guess-21')).toBe(429);
  expect(await statusOf('alice')).toBe(200);
  const signIn = await ask('/', undefined, {
    headers: { cookie: 'sluice-session=alice', accept: 'text/html' },
  });
  expect(signIn.status).toBe(200);
  now += 60_000;
  expect(await statusOf('guess-22')).toBe(401);
});
