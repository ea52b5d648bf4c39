import { expect, it } from 'vitest';
import type { RepositoryConfig } from '../../../src/config/config.ts';
import { makeConfig } from '../../engine/configs.ts';
import { openHouse } from '../house.ts';

const makeRepositories = () => {
  const npmjs = makeConfig([]).repositories.get('npmjs') as RepositoryConfig;
  return new Map(['one', 'two'].map((name) => [name, { ...npmjs, name, hookSecret: `secret of ${name}` }]));
};

it('who has no proof is bounded, and uses up nothing of those who have one', async () => {
  let now = 1_000_000;
  const { ask } = await openHouse({ people: {}, repositories: makeRepositories() }, { now: () => now });
  const statusOf = async (repository: string, secret: string) =>
    (
      await ask(`/api/v1/hooks/${repository}`, undefined, {
        method: 'POST',
        headers: { 'x-sluice-token': secret },
      })
    ).status;
  const count = async (times: number, repository: string, secret: string) => {
    const statuses = await Promise.all(Array.from({ length: times }, () => statusOf(repository, secret)));
    return Object.entries(Object.groupBy(statuses, String)).map(
      ([status, some = []]) => `${status}: ${some.length}`,
    );
  };
  expect(await count(301, 'one', 'a guess')).toEqual(['401: 300', '429: 1']);
  expect(await statusOf('none', 'a guess')).toBe(429);
  expect(await count(301, 'one', 'secret of one')).toEqual(['202: 300', '429: 1']);
  expect(await statusOf('two', 'secret of two')).toBe(202);
  now += 60_000;
  expect([await statusOf('one', 'a guess'), await statusOf('one', 'secret of one')]).toEqual([401, 202]);
});
