import type { Revision } from '@sluice/plugin-sdk';
import type { PackageConfig, RepositoryConfig } from '../config/config.ts';
import { findHindrance } from '../engine/starts/publications.ts';
import type { Described, PluginHost, Problem } from '../plugins/plugin-host.ts';
import type { RecordedRevision } from '../store/ledger.ts';
import type { PackageState } from '../store/packages.ts';
import type { Changes } from './changes.ts';
import { detectChanges, type TellingAnswer } from './detect.ts';
import { fillIn } from './facts.ts';

/** What the questions that follow an answer are asked with. */
export interface Asking {
  readonly host: PluginHost;
  readonly repository: RepositoryConfig;
  readonly package: PackageConfig;
  readonly signal: AbortSignal;
  readonly now: number;
  readonly confirmMs: number;
}

/** What is stored of a package, which an answer is held against. */
export interface Stored {
  readonly state: PackageState;
  readonly ledger: readonly RecordedRevision[];
  /** Whether a pipeline has still to take its first look. */
  readonly firstLook: boolean;
}

/** A version's place in the package's order once the answer is recorded. */
export interface Placed {
  readonly recorded: RecordedRevision | undefined;
  readonly facts: Revision;
  readonly described: boolean;
}

/** An answer with everything asked that has to be known before it is committed. */
export interface PreparedAnswer {
  readonly changes: Changes;
  /** Every revision that the ledger will have, lowest first; the index is its rank. */
  readonly order: readonly Placed[];
}

/**
 * Finds what an answer changes, has the new versions put in their order, and has those described that may
 * start something: all that are new, of a first look only the one. A version that is absent, or cannot be
 * described, is left out until it can be.
 */
export async function prepareAnswer(
  answer: TellingAnswer,
  stored: Stored,
  asking: Asking,
): Promise<PreparedAnswer> {
  const { state, ledger } = stored;
  const { baseline, pointer, shrunkSince } = state;
  const changes = detectChanges({ revisions: ledger, baseline, pointer, shrunkSince }, answer, asking);
  const placed = { changes, order: await placeRevisions(stored, changes, asking) };
  const fresh = placed.order.filter(({ recorded }) => !recorded);
  const told = baseline ? placed : await describeThese(placed, fresh, asking);
  return keepPointer(baseline || stored.firstLook ? await describeFirst(told, asking) : told, pointer);
}

/** A pointer to a version that could not be recorded has not moved yet. */
function keepPointer({ changes, order }: PreparedAnswer, before: string | undefined): PreparedAnswer {
  const { pointer } = changes;
  if (pointer === undefined || order.some(({ facts }) => facts.version === pointer))
    return { changes, order };
  return { order, changes: { ...changes, pointer: before, conclusive: false } };
}

async function placeRevisions(
  { state, ledger }: Stored,
  { fresh, changed }: Changes,
  asking: Asking,
): Promise<readonly Placed[]> {
  const patched = new Map(changed.map(({ recorded, patch }) => [recorded.id, patch.facts]));
  const known = ledger.map((recorded) => ({
    recorded,
    facts: patched.get(recorded.id) ?? recorded.facts,
    described: recorded.described,
  }));
  const added = fresh.map((facts) => ({ recorded: undefined, facts, described: false }));
  // Other settings, or another version of the plugin, may mean another order.
  const isKept = state.ranked || known.length === 0;
  if (isKept && added.length === 0) return known;
  const all: readonly Placed[] = [...known, ...added];
  const sorted = isKept ? known : [];
  const unsorted = isKept ? added : all;
  const order = await asking.host.merge(
    asking.repository.plugin,
    asking.package.config,
    sorted.map(({ facts }) => facts),
    unsorted.map(({ facts }) => facts),
  );
  return order.flatMap((index) => all[index] ?? []);
}

const mostFirstTries = 10;

/**
 * A first look may start one: the version that the pointer names, or the highest. One that is absent gives
 * way to the next.
 */
async function describeFirst(prepared: PreparedAnswer, asking: Asking): Promise<PreparedAnswer> {
  let tried = prepared;
  for (let tries = 0; tries < mostFirstTries; tries++) {
    const first = findFirst(tried, asking.package);
    if (!first || first.described || !tried.changes.conclusive) return tried;
    tried = await describeThese(tried, [first], asking);
  }
  return { ...tried, changes: { ...tried.changes, conclusive: false } };
}

function findFirst({ changes, order }: PreparedAnswer, { accept }: PackageConfig): Placed | undefined {
  const patches = new Map(changes.changed.map(({ recorded, patch }) => [recorded.id, patch]));
  return order.findLast(({ recorded, facts }) => {
    const { state = 'published', selected = true } = {
      ...recorded,
      ...(recorded && patches.get(recorded.id)),
    };
    const candidate = { version: facts.version, state, standing: facts.standing ?? 'ok' };
    if (changes.pointer !== undefined && facts.version !== changes.pointer) return false;
    return selected && !findHindrance(candidate, accept);
  });
}

async function describeThese(
  prepared: PreparedAnswer,
  these: readonly Placed[],
  asking: Asking,
): Promise<PreparedAnswer> {
  if (these.length === 0) return prepared;
  const { host, repository, signal } = asking;
  const facts = these.map((one) => one.facts);
  const answers = await host.describe(repository, asking.package.config, facts, { signal });
  const told = new Map(these.map((one, index) => [one, answers[index] ?? unanswered]));
  const order = prepared.order.flatMap((one) => takeDescription(one, told.get(one)) ?? []);
  const there = new Set(order.map(({ facts: { version } }) => version));
  const left = these.filter((one) => told.get(one)?.kind !== 'revision');
  const { changes } = prepared;
  return {
    order,
    changes: {
      ...changes,
      fresh: changes.fresh.filter(({ version }) => there.has(version)),
      problem: left.map((one) => explainMissing(one.facts.version, told.get(one)))[0] ?? changes.problem,
      settled: changes.settled && left.length === 0,
      conclusive:
        changes.conclusive && left.every((one) => !one.recorded && told.get(one)?.kind === 'absent'),
    },
  };
}

const unanswered: Described = {
  kind: 'problem',
  problem: { code: 'PLUGIN_FAILED', message: 'describe gave no answer' },
};

function takeDescription(one: Placed, described: Described | undefined): Placed | undefined {
  if (!described) return one;
  if (described.kind === 'revision')
    return { ...one, facts: fillIn(one.facts, described.revision), described: true };
  // What the ledger has stays there: it is only not described.
  return one.recorded && one;
}

function explainMissing(version: string, described: Described | undefined): Problem | undefined {
  if (described?.kind === 'absent') {
    return {
      code: 'NOT_FOUND',
      message: `${version} is listed and not really there yet; it counts once it is`,
    };
  }
  if (described?.kind !== 'problem') return undefined;
  const { problem } = described;
  return {
    ...problem,
    message: `${version} is listed and could not be described; it counts once it can be: ${problem.message}`,
  };
}
