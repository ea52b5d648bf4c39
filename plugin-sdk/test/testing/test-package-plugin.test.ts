import { beforeAll, describe, expect, it } from 'vitest';
import { type FixtureResult, runFixtures } from './run-fixtures.ts';

let results: ReadonlyMap<string, FixtureResult>;

beforeAll(async () => {
  results = await runFixtures();
});

function resultOf(fixture: string): FixtureResult {
  const result = results.get(fixture);
  if (result === undefined) throw new Error(`vitest did not run ${fixture}`);
  return result;
}

/** The names of the honest plugin's tests that begin so. */
function named(...beginnings: readonly string[]): readonly string[] {
  return resultOf('honest').passed.filter((name) =>
    beginnings.some((beginning) => name.startsWith(beginning)),
  );
}

const failingPoll = 'poll of a failing registry > makes';
const missing = 'poll > says NOT_FOUND of a package that is not there, and answers the others';

describe('testPackagePlugin is green', () => {
  it('on a small honest plugin, but for what it does not have', () => {
    const { failed, passed, skipped } = resultOf('honest');
    expect(failed).toEqual([]);
    expect(passed.length).toBeGreaterThan(50);
    expect(skipped.every((name) => name.startsWith('describe > '))).toBe(true);
  });

  it('on one that describes and orders', () => {
    const { failed, passed, skipped } = resultOf('describing');
    expect(failed).toEqual([]);
    expect(skipped).toEqual([]);
    expect(passed).toContain('describe > says absent of a version that the registry does not have');
    expect(passed).toContain('order > is total and consistent over the revisions of the registry');
  });

  it('on one that reads a directory, and names why the network is not tested', () => {
    const { failed, passed, skipped } = resultOf('files');
    expect(failed).toEqual([]);
    expect(passed).toContain('poll > sees a publication since its cursor');
    expect(skipped).toContain('is not tested against the faults of a network: it reads a directory');
  });
});

describe('testPackagePlugin is red on a plugin that', () => {
  const faults: readonly (readonly [string, string, () => readonly string[]])[] = [
    ['orders versions as text', 'lexical', () => ['compare > puts the ascending versions in this order']],
    [
      'takes versions for decimal numbers',
      'subtracting',
      () => [
        'compare > puts the ascending versions in this order',
        'compare > finds every text equal to itself',
        'compare > answers a number for any two texts, and never throws',
        'compare > says the opposite the other way round',
      ],
    ],
    [
      'swallows errors into "no versions"',
      'swallowing',
      () => [
        missing,
        ...named(failingPoll),
        'poll of a failing registry > loses no version when only one of the documents fails',
      ],
    ],
    [
      'believes its cursor more than the registry',
      'stuck',
      () => [
        'poll > sees a publication since its cursor',
        'poll > sees that a version was taken away since its cursor',
        ...named(failingPoll).filter((name) => !name.endsWith('of no registry at all')),
      ],
    ],
    [
      'answers twice, and with what the boundary refuses',
      'repeating',
      () => [
        'poll > answers every package once, with every version that is published',
        'poll > gives revisions that pass the boundary whole',
        'poll > finds nothing new where the registry gives no validators',
        'poll > sees a publication since its cursor',
        'poll > sees that a version was taken away since its cursor',
        missing,
      ],
    ],
    [
      'puts its token into URLs',
      'token-in-url',
      () => ['secrets > are not in URLs', 'secrets > do not follow a redirect to another origin'],
    ],
    [
      'puts its token into errors and logs',
      'token-in-error',
      () => ['secrets > are not in errors', 'secrets > are not in log and progress'],
    ],
    [
      'sends its token in a header of its own',
      'own-header',
      () => ['secrets > are not in headers of its own'],
    ],
    [
      'calls versions absent when the registry fails',
      'forgetful',
      () => ['describe > never says absent because the registry fails'],
    ],
  ];

  it.each(faults)('%s, and only there', (_, fixture, expected) => {
    const { failed, passed, skipped } = resultOf(fixture);
    expect(failed.toSorted()).toEqual([...expected()].sort());
    // What failed, passed and was skipped is all there is: no test went missing.
    const whole = resultOf(fixture === 'forgetful' ? 'describing' : 'honest');
    const unordered = [...whole.passed, ...whole.skipped].filter((name) => !name.startsWith('order > '));
    expect([...failed, ...passed, ...skipped].sort()).toEqual(unordered.sort());
  });

  it('ignores the signal and asks in its own way', () => {
    const { failed, passed } = resultOf('deaf');
    expect(failed).toEqual(
      expect.arrayContaining([...named('check that is aborted', 'poll that is aborted', 'requests')]),
    );
    expect(passed).toEqual(
      expect.arrayContaining([...named('definition', 'settings', 'compare', 'check >')]),
    );
    expect(passed).toContain('poll > answers every package once, with every version that is published');
  });
});

describe('testPackagePlugin is red on cases that', () => {
  it('prove nothing', () => {
    const { failed, skipped } = resultOf('vacuous');
    expect(failed).toEqual([
      'settings > have a secret that can be looked for',
      'compare > is given versions that text order gets wrong',
      'secrets > prove the plugin to its registry',
    ]);
    expect(skipped).toContain(
      'poll of a failing registry > makes MALFORMED of an empty document (a shelf may be empty)',
    );
  });
});
