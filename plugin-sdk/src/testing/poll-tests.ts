import { describe, expect, it } from 'vitest';
import type { Revision } from '../revision.ts';
import type { Bench } from './bench.ts';
import { expectWithinBoundary } from './boundary-expectation.ts';
import type { PluginCases } from './cases.ts';
import { applyAnswer, findProblem, type Polled, versionsOf } from './polled.ts';

/** Tests of `poll` and `check` while all is well. */
export function describePoll(cases: PluginCases, setUp: () => Promise<Bench>): void {
  const { publications } = cases;

  describe('check', () => {
    it('passes where the repository can be reached and read', async () => {
      await using bench = await setUp();
      expect(await bench.findFailure((call) => bench.open().check(call))).toBeUndefined();
    });
  });

  describe('poll', () => {
    it('answers every package once, with every version that is published', async () => {
      await using bench = await setUp();
      const polled = await bench.poll(bench.open(), [bench.due('one'), bench.due('two')]);
      for (const key of ['one', 'two']) expectVersions(polled, key, publications);
      expect(polled.breaches).toEqual([]);
    });

    it('gives revisions that pass the boundary whole', async () => {
      await using bench = await setUp();
      for (const revision of await bench.readRevisions())
        expectWithinBoundary(revision, { files: cases.withoutHttp !== undefined });
    });

    it('says the same when asked again', async () => {
      await using bench = await setUp();
      const repository = bench.open();
      const first = sort(applyAnswer(await bench.pollOne(repository), 'one'));
      expect(sort(applyAnswer(await bench.pollOne(repository), 'one'))).toEqual(first);
      expect(sort(await bench.readRevisions())).toEqual(first);
    });

    it('knows by its cursor that nothing has changed', async () => {
      await using bench = await setUp();
      await expectNothingNew(bench);
    });

    it.skipIf(cases.withoutHttp !== undefined)(
      'finds nothing new where the registry gives no validators',
      async () => {
        await using bench = await setUp();
        bench.registry.dropValidators();
        await expectNothingNew(bench);
      },
    );

    it('sees a publication since its cursor', async () => {
      await using bench = await setUp();
      await bench.registry.publish(publications.length - 1);
      await expectChange(bench, publications.slice(0, -1), publications);
    });

    it('sees that a version was taken away since its cursor', async () => {
      await using bench = await setUp();
      await expectChange(bench, publications, publications.slice(0, -1));
    });

    it.skipIf(cases.absent === undefined)(
      'says NOT_FOUND of a package that is not there, and answers the others',
      async () => {
        await using bench = await setUp();
        const polled = await bench.poll(bench.open(), [
          bench.due('one'),
          bench.due('absent', undefined, cases.absent),
          bench.due('two'),
        ]);
        expect(polled.answers.get('absent')).toMatchObject({ problem: { code: 'NOT_FOUND' } });
        for (const key of ['one', 'two']) expectVersions(polled, key, publications);
        expect(polled.breaches).toEqual([]);
      },
    );

    it('has nothing to say about no packages', async () => {
      await using bench = await setUp();
      const polled = await bench.poll(bench.open(), []);
      expect(polled).toMatchObject({ breaches: [], thrown: undefined });
    });
  });
}

async function expectNothingNew(bench: Bench): Promise<void> {
  const first = await bench.pollOne(bench.open());
  const revisions = applyAnswer(first, 'one');
  const second = await bench.pollOne(bench.open(), first);
  expect(sort(applyAnswer(second, 'one', revisions))).toEqual(sort(revisions));
  expect(second.breaches).toEqual([]);
}

async function expectChange(
  bench: Bench,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const repository = bench.open();
  const first = await bench.pollOne(repository);
  expectVersions(first, 'one', before);
  await bench.registry.publish(after.length);
  const second = await bench.pollOne(repository, first);
  expect(versionsOf(applyAnswer(second, 'one', applyAnswer(first, 'one')))).toEqual([...after].sort());
  expect(second.breaches).toEqual([]);
}

function expectVersions(polled: Polled, key: string, versions: readonly string[]): void {
  expect(findProblem(polled, key)).toBeUndefined();
  expect(versionsOf(applyAnswer(polled, key))).toEqual([...versions].sort());
}

function sort(revisions: readonly Revision[]): readonly Revision[] {
  return revisions.toSorted((a, b) => (a.version < b.version ? -1 : 1));
}
