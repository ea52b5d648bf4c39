import type { Revision } from '@sluice/plugin-sdk';
import type { Answer, Problem } from '../plugins/plugin-host.ts';
import type { RecordedRevision } from '../store/ledger.ts';
import type { Changes, DetectionTime, PackageHistory, RevisionChange } from './changes.ts';
import { compareBytes } from './digests.ts';
import { isSame, mergeFacts, replaceFacts } from './facts.ts';
import { findMissing, type Missing } from './find-missing.ts';

/** An answer that tells of revisions. */
export type TellingAnswer = Extract<
  Answer,
  { readonly kind: 'unchanged' | 'complete' | 'pointer' | 'difference' }
>;

/**
 * Finds what an answer changes. Pure: newness is the difference between the answer and the ledger, whatever
 * the order of versions.
 */
export function detectChanges(history: PackageHistory, answer: TellingAnswer, time: DetectionTime): Changes {
  const known = new Map(history.revisions.map((recorded) => [recorded.facts.version, recorded]));
  const told = new Map(listTold(answer).map((revision) => [revision.version, revision]));
  const fresh = [...told.values()].filter(({ version }) => !known.has(version));
  const seenAgain = [...told.values()].flatMap(
    (seen) => compareRevision(known.get(seen.version), seen) ?? [],
  );
  const absent = listAbsent(history, answer, told);
  const missing = history.baseline ? deselect(absent) : findMissing(history, absent, fresh.length > 0, time);
  const pointer = findPointer(history, answer);
  const nameless = pointer !== undefined && !known.has(pointer) && !told.has(pointer);
  return {
    fresh,
    changed: [...seenAgain, ...missing.changed],
    pointer: nameless ? history.pointer : pointer,
    shrunkSince: missing.shrunkSince,
    problem: nameless ? describeNameless(pointer) : missing.problem,
    settled: !nameless,
    conclusive: !nameless,
  };
}

function findPointer(history: PackageHistory, answer: TellingAnswer): string | undefined {
  if (answer.kind === 'pointer') return answer.current;
  return answer.kind === 'complete' ? undefined : history.pointer;
}

function listTold(answer: TellingAnswer): readonly Revision[] {
  if (answer.kind === 'unchanged') return [];
  return answer.kind === 'difference' ? answer.added : answer.revisions;
}

function compareRevision(recorded: RecordedRevision | undefined, seen: Revision): RevisionChange | undefined {
  if (!recorded) return undefined;
  const bytes = compareBytes(recorded.facts, seen);
  const present = {
    ...(recorded.missingSince !== undefined && { missingSince: null }),
    ...(!recorded.selected && { selected: true }),
  };
  if (bytes.differ) {
    const other = { facts: replaceFacts(recorded.facts, seen), edition: recorded.edition + 1 };
    // What nobody has acknowledged is not what is to be compared with.
    const replaced = recorded.unacknowledged ? recorded.replaced : recorded.facts.digests;
    const patch = { ...present, state: 'republished', unacknowledged: true, replaced, ...other } as const;
    return { kind: 'republished', recorded, patch };
  }
  const facts = mergeFacts(recorded.facts, seen, bytes);
  const amended = { ...present, ...(!isSame(facts, recorded.facts) && { facts }) };
  if (recorded.state === 'withdrawn') {
    const state = recorded.unacknowledged ? 'republished' : 'published';
    return { kind: 'returned', recorded, patch: { ...amended, state } };
  }
  if (Object.keys(amended).length === 0) return undefined;
  return { kind: 'facts' in amended ? 'amended' : 'selected', recorded, patch: amended };
}

/**
 * What an answer says is not there, of what this selection has shown. A pointer says nothing about the
 * versions it does not name.
 */
function listAbsent(
  history: PackageHistory,
  answer: TellingAnswer,
  told: ReadonlyMap<string, Revision>,
): readonly RecordedRevision[] {
  const shown = history.revisions.filter(({ selected, facts }) => selected && !told.has(facts.version));
  if (history.baseline) return shown;
  const there = shown.filter(({ state }) => state !== 'withdrawn');
  switch (answer.kind) {
    case 'pointer':
      return [];
    case 'unchanged':
      return there.filter(({ missingSince }) => missingSince !== undefined);
    case 'difference': {
      const removed = new Set(answer.removed);
      return there.filter(
        ({ missingSince, facts }) => missingSince !== undefined || removed.has(facts.version),
      );
    }
    case 'complete': {
      // A version that is refused is there, whatever is wrong with it.
      const refused = new Set(answer.refused.map(({ version }) => version));
      return there.filter(({ facts }) => !refused.has(facts.version));
    }
  }
}

function deselect(absent: readonly RecordedRevision[]): Missing {
  const patch = { selected: false, missingSince: null };
  return {
    changed: absent.map((recorded) => ({ kind: 'deselected', recorded, patch })),
    shrunkSince: undefined,
    problem: undefined,
  };
}

function describeNameless(version: string): Problem {
  return {
    code: 'MALFORMED',
    message: `The pointer names ${version}, which the repository does not list; it counts once it does`,
  };
}
