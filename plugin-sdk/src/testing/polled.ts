import { isPluginError, type PluginError, toPluginError } from '../errors.ts';
import type { Cursor, DuePackage, PackageAnswer, PollAnswer } from '../plugin.ts';
import type { Revision } from '../revision.ts';

/** What came of a poll. */
export interface Polled {
  readonly answers: ReadonlyMap<string, PackageAnswer>;
  /** The repository's cursor, the last one that was given. */
  readonly repository: Cursor | undefined;
  /** How the poll broke the contract, in words. */
  readonly breaches: readonly string[];
  /** What ended the poll, if something did. */
  readonly thrown: unknown;
}

const longestCursor = 4096;

/** Reads a poll to its end, noting every breach of the contract. */
export async function collectPoll(
  due: readonly DuePackage[],
  ask: () => AsyncIterable<PollAnswer>,
): Promise<Polled> {
  const waiting = new Map(due.map((one) => [one.key, one]));
  const answers = new Map<string, PackageAnswer>();
  const breaches: string[] = [];
  let repository: Cursor | undefined;
  let thrown: unknown;
  try {
    for await (const answer of ask()) {
      if ('repository' in answer) {
        repository = answer.repository.cursor ?? repository;
        breaches.push(...findCursorBreaches(answer.repository.cursor));
      } else {
        const { key, ...rest } = answer;
        const asked = waiting.get(key);
        breaches.push(
          ...(asked
            ? findBreaches(asked, rest)
            : [`${answers.has(key) ? 'a second answer' : 'an answer nobody asked for'}: ${key}`]),
        );
        if (waiting.delete(key)) answers.set(key, rest);
      }
    }
    for (const key of waiting.keys()) breaches.push(`no answer: ${key}`);
  } catch (error) {
    thrown = error;
  }
  return { answers, repository, breaches, thrown };
}

/** Why a package has no good answer; `undefined` where it has one. */
export function findProblem({ answers, thrown }: Polled, key: string): PluginError | undefined {
  const answer = answers.get(key);
  if (answer && 'problem' in answer) return answer.problem;
  return answer === undefined && thrown !== undefined ? toPluginError(thrown) : undefined;
}

/**
 * The revisions of a package as they are after a poll, given those before it. Throws the problem if there is
 * one.
 */
export function applyAnswer(
  polled: Polled,
  key: string,
  before: readonly Revision[] = [],
): readonly Revision[] {
  const problem = findProblem(polled, key);
  if (problem) throw problem;
  const answer = polled.answers.get(key);
  if (answer === undefined) throw new Error(`the poll ended without an answer for ${key}`);
  if ('unchanged' in answer) return before;
  if ('revisions' in answer) return answer.revisions;
  if ('problem' in answer) throw answer.problem;
  const gone = new Set([...answer.removed, ...answer.added.map(({ version }) => version)]);
  return [...before.filter(({ version }) => !gone.has(version)), ...answer.added];
}

/** The cursor that a package's answer carried. */
export function cursorOf(polled: Polled, key: string): Cursor | undefined {
  const answer = polled.answers.get(key);
  return answer && 'cursor' in answer ? answer.cursor : undefined;
}

/** The versions of revisions, sorted as text, for comparison as a set. */
export function versionsOf(revisions: readonly Revision[]): readonly string[] {
  return revisions.map(({ version }) => version).toSorted();
}

function findBreaches(due: DuePackage, answer: PackageAnswer): readonly string[] {
  const forms = ['unchanged', 'revisions', 'added', 'problem'].filter((name) => name in answer);
  if (forms.length !== 1)
    return [`${due.key} is answered with ${forms.join(' and ') || 'nothing that the contract knows'}`];
  if ('problem' in answer)
    return isPluginError(answer.problem) ? [] : [`the problem of ${due.key} is no PluginError`];
  if ('unchanged' in answer)
    return due.cursor === undefined ? [`${due.key} is unchanged, and had no cursor`] : [];
  return [
    ...findCursorBreaches(answer.cursor),
    ...('added' in answer ? findDifferenceBreaches(due, answer) : findSetBreaches(due, answer)),
  ];
}

function findSetBreaches(
  { key }: DuePackage,
  answer: { readonly revisions: readonly Revision[]; readonly current?: string },
): readonly string[] {
  const versions = versionsOf(answer.revisions);
  const twice = versions
    .filter((version, index) => version === versions[index + 1])
    .map((version) => `${key} has ${version} twice`);
  const points = answer.current === undefined || versions.includes(answer.current);
  return points ? twice : [...twice, `${key} points to ${answer.current}, which is none of its revisions`];
}

function findDifferenceBreaches(
  due: DuePackage,
  answer: { readonly removed: readonly string[] },
): readonly string[] {
  if (!Array.isArray(answer.removed)) return [`${due.key} has added, and no list of removed`];
  return due.cursor === undefined ? [`${due.key} is answered with a difference, and had no cursor`] : [];
}

function findCursorBreaches(cursor: unknown): readonly string[] {
  if (cursor === undefined || (typeof cursor === 'string' && cursor.length <= longestCursor)) return [];
  return [`a cursor is not text of at most ${longestCursor} characters`];
}
