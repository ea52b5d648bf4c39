import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Changes, PackageHistory } from '../../src/polling/changes.ts';
import { detectChanges, type TellingAnswer } from '../../src/polling/detect.ts';
import type { RecordedRevision } from '../../src/store/ledger.ts';
import { revision } from './house.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const confirmMs = minuteMs;

function complete(...versions: readonly string[]): TellingAnswer {
  return {
    kind: 'complete',
    key: 'web',
    revisions: versions.map((version) => revision(version)),
    refused: [],
    cursor: undefined,
  };
}

const unchanged: TellingAnswer = { kind: 'unchanged', key: 'web' };
const empty: PackageHistory = { revisions: [], baseline: true, pointer: undefined, shrunkSince: undefined };

/** The history after changes, as the ledger records them. */
function record(history: PackageHistory, { fresh, changed, pointer, shrunkSince }: Changes): PackageHistory {
  const patches = new Map(changed.map(({ recorded, patch }) => [recorded.id, patch]));
  const known = history.revisions.map((one): RecordedRevision => {
    const { missingSince, ...patch } = patches.get(one.id) ?? {};
    const replaced = patch.replaced === undefined ? one.replaced : (patch.replaced ?? undefined);
    return {
      ...one,
      ...patch,
      replaced,
      missingSince: missingSince === undefined ? one.missingSince : (missingSince ?? undefined),
    };
  });
  const added = fresh.map((facts, index) => ({
    id: known.length + index + 1,
    rank: 0,
    state: 'published' as const,
    facts,
    detectedAt: 0,
    missingSince: undefined,
    selected: true,
    described: true,
    unacknowledged: false,
    replaced: undefined,
    edition: 0,
  }));
  return { revisions: [...known, ...added], baseline: false, pointer, shrunkSince };
}

function follow(
  answers: readonly TellingAnswer[],
  apartMs = minuteMs,
): { history: PackageHistory; changes: readonly Changes[] } {
  let history = empty;
  const changes = answers.map((answer, index) => {
    const found = detectChanges(history, answer, { now: index * apartMs, confirmMs });
    history = record(history, found);
    return found;
  });
  return { history, changes };
}

const versions = fc.uniqueArray(fc.constantFrom('1.0.0', '1.1.0', '1.2.0', '2.0.0', '2.1.0', '3.0.0'));
const anyAnswer: fc.Arbitrary<TellingAnswer> = fc.oneof(
  versions.map((some) => complete(...some)),
  fc.constant(unchanged),
  fc.tuple(versions, versions).map(([added, removed]): TellingAnswer => {
    return {
      kind: 'difference',
      key: 'web',
      added: added.map((version) => revision(version)),
      removed,
      refused: [],
      cursor: undefined,
    };
  }),
  fc.tuple(versions, fc.constantFrom('1.0.0', '2.0.0', '9.9.9')).map(([some, current]): TellingAnswer => {
    return {
      kind: 'pointer',
      key: 'web',
      current,
      revisions: some.map((version) => revision(version)),
      refused: [],
      cursor: undefined,
    };
  }),
);

const told = (answer: TellingAnswer) => {
  if (answer.kind === 'unchanged') return [];
  return (answer.kind === 'difference' ? answer.added : answer.revisions).map(({ version }) => version);
};

describe('detection, whatever is answered', () => {
  it('records every version ever told exactly once', () => {
    fc.assert(
      fc.property(fc.array(anyAnswer, { maxLength: 12 }), (answers) => {
        const { history, changes } = follow(answers);
        const recorded = history.revisions.map(({ facts }) => facts.version);
        expect(new Set(recorded).size).toBe(recorded.length);
        expect(new Set(recorded)).toEqual(new Set(answers.flatMap(told)));
        const fresh = changes.flatMap((one) => one.fresh.map(({ version }) => version));
        expect(fresh.toSorted()).toEqual(recorded.toSorted());
      }),
    );
  });

  it('counts how often the bytes of a version changed', () => {
    const answers = ['a', 'b', 'c'].map((hex) => {
      const revisions = [{ version: '1.0.0', digests: { sha256: hex.repeat(64) } }];
      return { kind: 'complete', key: 'web', revisions, refused: [], cursor: undefined } as const;
    });
    const { changes } = follow(answers);
    expect(changes.flatMap(({ changed }) => changed.map(({ kind, patch }) => [kind, patch.edition]))).toEqual(
      [
        ['republished', 1],
        ['republished', 2],
      ],
    );
  });

  it('changes nothing when the same complete answer comes again', () => {
    fc.assert(
      fc.property(versions, versions, (before, now) => {
        const { history } = follow([complete(...before), complete(...now), complete(...now)], 2 * hourMs);
        const again = detectChanges(history, complete(...now), { now: 7 * hourMs, confirmMs });
        expect(again).toMatchObject({ fresh: [], changed: [], problem: undefined });
      }),
    );
  });

  it('takes unchanged for the answer that it stands for', () => {
    fc.assert(
      fc.property(
        fc.array(versions, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 90 }),
        (sets, minutes) => {
          const answers = sets.map((set) => complete(...set));
          const last = answers.at(-1) ?? complete();
          const { history } = follow(answers);
          const time = { now: (sets.length + minutes) * minuteMs, confirmMs };
          const { problem: _, ...saidUnchanged } = detectChanges(history, unchanged, time);
          const { problem: __, ...saidAgain } = detectChanges(history, last, time);
          expect(saidUnchanged).toEqual(saidAgain);
        },
      ),
    );
  });

  it('withdraws only what two answers lacked that are an interval apart', () => {
    fc.assert(
      fc.property(
        fc.array(anyAnswer, { maxLength: 12 }),
        fc.integer({ min: 1, max: 120 }),
        (answers, seconds) => {
          const { changes } = follow(answers, seconds * 1000);
          changes.forEach(({ changed }, index) => {
            for (const { kind, recorded } of changed) {
              if (kind !== 'withdrawn') continue;
              expect(index * seconds * 1000 - (recorded.missingSince ?? Number.NaN)).toBeGreaterThanOrEqual(
                confirmMs,
              );
            }
          });
        },
      ),
    );
  });

  it('never changes state for digests that agree on what both know', () => {
    const digests = fc.record(
      { md5: fc.constant('m'), sha1: fc.constant('1'), sha512: fc.constant('5') },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(digests, { maxLength: 6 }), (each) => {
        const { history } = follow(
          each.map(
            (one) => ({ ...complete(), revisions: [{ version: '1.0.0', digests: one }] }) as TellingAnswer,
          ),
        );
        for (const { state } of history.revisions) expect(state).toBe('published');
      }),
    );
  });
});

describe('detection of other bytes', () => {
  const history = follow([complete('1.0.0')]).history;
  const detect = (...revisions: Parameters<typeof revision>[1][]) =>
    detectChanges(
      history,
      { ...complete(), revisions: revisions.map((more) => revision('1.0.0', more)) } as TellingAnswer,
      {
        now: minuteMs,
        confirmMs,
      },
    );

  it('replaces every digest that told of the old bytes', () => {
    const [change] = detect({ bytes: 'other' }).changed;
    expect(change).toMatchObject({
      kind: 'republished',
      patch: { state: 'republished', unacknowledged: true },
    });
    expect(change?.patch.facts?.digests).toEqual(revision('1.0.0', { bytes: 'other' }).digests);
  });

  it('looks into the files of a version, where one added changes nothing', () => {
    const file = (name: string, sha1: string) => ({ name, digests: { sha1 } });
    const one = record(history, detect({ files: [file('a.whl', 'a')] }));
    const answer = (...files: ReturnType<typeof file>[]) =>
      ({ ...complete(), revisions: [revision('1.0.0', { files })] }) as TellingAnswer;
    const time = { now: 2 * minuteMs, confirmMs };
    expect(detectChanges(one, answer(file('a.whl', 'a'), file('b.whl', 'b')), time).changed).toMatchObject([
      { kind: 'amended' },
    ]);
    expect(detectChanges(one, answer(file('a.whl', 'other')), time).changed).toMatchObject([
      { kind: 'republished' },
    ]);
    expect(detectChanges(one, answer(file('b.whl', 'b')), time).changed).toMatchObject([
      { kind: 'amended', patch: { facts: { warning: 'The repository no longer tells: a.whl' } } },
    ]);
  });

  it('keeps what is left out as it was recorded', () => {
    const full = record(
      history,
      detect({ publisher: 'ann', comment: 'first', standing: 'deprecated', data: { K: 'v' } }),
    );
    const answer = { ...complete(), revisions: [{ version: '1.0.0' }] } as TellingAnswer;
    expect(detectChanges(full, answer, { now: 2 * minuteMs, confirmMs }).changed).toEqual([]);
  });

  it('forgets what was said against a version that is in good standing again', () => {
    const deprecated = record(history, detect({ standing: 'deprecated', warning: 'do not use' }));
    const answer = { ...complete(), revisions: [{ version: '1.0.0', standing: 'ok' }] } as TellingAnswer;
    const [change] = detectChanges(deprecated, answer, { now: 2 * minuteMs, confirmMs }).changed;
    expect(change).toMatchObject({ kind: 'amended', patch: { facts: { standing: 'ok' } } });
    expect(change?.patch.facts).not.toHaveProperty('warning');
  });

  it('does not miss a version that is there and refused', () => {
    const answer = { ...complete(), refused: [{ version: '1.0.0', reason: 'location' }] } as TellingAnswer;
    expect(detectChanges(history, answer, { now: minuteMs, confirmMs }).changed).toEqual([]);
  });
});
