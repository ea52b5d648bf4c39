import type { Revision } from '@sluice/plugin-sdk';
import type { PackageConfig } from '../config/config.ts';
import { type Candidate, findHindrance, type PackageNews } from '../engine/starts/publications.ts';
import type { RefusedRevision } from '../plugins/plugin-host.ts';
import { strongestDigest } from '../store/digests.ts';
import type { NewEvent } from '../store/events.ts';
import { insertRevisions, moveRanks, patchRevisions, recordRefused } from '../store/ledger.ts';
import { type DuePackage, type PackageState, savePackage } from '../store/packages.ts';
import type { Tx } from '../store/store.ts';
import { ConfigurationChanged } from './interruption.ts';
import type { Placed, PreparedAnswer } from './prepare-answer.ts';

/** An answer that is ready to be committed. */
export interface ReadyAnswer {
  readonly due: DuePackage;
  readonly config: PackageConfig;
  readonly state: PackageState;
  readonly prepared: PreparedAnswer;
  readonly refused: readonly RefusedRevision[];
  /** Undefined where the plugin gave none. */
  readonly cursor: string | undefined;
}

/** Where and when answers are recorded. */
export interface Recording {
  readonly repository: string;
  readonly fingerprint: string;
  /** Milliseconds. */
  readonly now: number;
}

/** What recording an answer brought. */
export interface RecordedAnswer {
  readonly news: PackageNews;
  readonly events: readonly NewEvent[];
}

/**
 * Records what answers change: revisions, their ranks, what became of those known, the packages' cursors and
 * problems. Throws {@link ConfigurationChanged} where a package is not selected as it was asked for.
 */
export async function recordAnswers(
  tx: Tx,
  ready: readonly ReadyAnswer[],
  recording: Recording,
): Promise<readonly RecordedAnswer[]> {
  for (const answer of ready) await saveState(tx, answer, recording);
  const ids = await insertFresh(tx, ready, recording);
  await patchRevisions(
    tx,
    ready.flatMap(({ prepared }) => listPatches(prepared)),
  );
  await moveRanks(
    tx,
    ready.flatMap(({ prepared }) => listMoves(prepared)),
  );
  const { now } = recording;
  await recordRefused(
    tx,
    ready.flatMap(({ due, refused }) => refused.map((one) => ({ packageId: due.id, at: now, ...one }))),
  );
  return ready.map((answer) => tellNews(answer, ids, recording));
}

async function saveState(
  tx: Tx,
  { due, state, prepared, cursor }: ReadyAnswer,
  { fingerprint, now }: Recording,
): Promise<void> {
  const { pointer, shrunkSince, problem, settled, conclusive } = prepared.changes;
  const outcome = {
    id: due.id,
    selection: state.selection,
    pointer,
    moves: countMoves(state, pointer),
    shrunkSince,
    problem,
    fingerprint,
    baselineTaken: state.baseline && conclusive,
    cursor: settled ? cursor : undefined,
    askedAfreshAt: due.cursor === undefined ? now : undefined,
  };
  if (!(await savePackage(tx, outcome, now))) throw new ConfigurationChanged();
}

function countMoves({ pointer: before, moves }: PackageState, pointer: string | undefined): number {
  return pointer === undefined || pointer === before ? moves : moves + 1;
}

async function insertFresh(
  tx: Tx,
  ready: readonly ReadyAnswer[],
  { now }: Recording,
): Promise<ReadonlyMap<number, ReadonlyMap<string, number>>> {
  const fresh = ready.flatMap(({ due, prepared }) =>
    prepared.order.flatMap(({ recorded, facts, described }, rank) =>
      recorded ? [] : { packageId: due.id, facts, rank, described, detectedAt: now },
    ),
  );
  const byPackage = Map.groupBy(await insertRevisions(tx, fresh), ({ packageId }) => packageId);
  return new Map([...byPackage].map(([id, rows]) => [id, new Map(rows.map((row) => [row.version, row.id]))]));
}

function listPatches({ changes, order }: PreparedAnswer): Parameters<typeof patchRevisions>[1] {
  const described = new Map(
    order.flatMap(({ recorded, facts, described: isDescribed }) =>
      recorded && isDescribed && !recorded.described
        ? [[recorded.id, { facts, described: true }] as const]
        : [],
    ),
  );
  const changed = changes.changed.map(({ recorded: { id }, patch }) => ({
    id,
    patch: { ...patch, ...described.get(id) },
  }));
  const ids = new Set(changed.map(({ id }) => id));
  return [...changed, ...[...described].flatMap(([id, patch]) => (ids.has(id) ? [] : { id, patch }))];
}

function listMoves({ order }: PreparedAnswer): Parameters<typeof moveRanks>[1] {
  return order.flatMap(({ recorded }, rank) =>
    recorded && recorded.rank !== rank ? { id: recorded.id, rank } : [],
  );
}

function tellNews(
  answer: ReadyAnswer,
  ids: ReadonlyMap<number, ReadonlyMap<string, number>>,
  { repository, now }: Recording,
): RecordedAnswer {
  const { due, config, state, prepared } = answer;
  const { changes } = prepared;
  const candidates = listCandidates(prepared, ids.get(due.id) ?? new Map());
  const selected = candidates.filter((one) => one.selected);
  const startable = selected.filter((one) => !findHindrance(one, config.accept));
  const { pointer } = changes;
  const news: PackageNews = {
    packageId: due.id,
    material: `${repository}/${due.name}`,
    config,
    now,
    isTouched: isTouched(answer),
    conclusive: changes.conclusive,
    fresh: candidates.filter((one) => one.isFresh),
    newest: pointer === undefined ? startable.at(-1) : candidates.find(({ version }) => version === pointer),
    selected: selected.length,
    move: pointer === undefined ? 0 : countMoves(state, pointer),
    moved: pointer !== undefined && state.pointer !== undefined && pointer !== state.pointer,
    changed: changes.changed.flatMap(({ kind, recorded }) =>
      kind === 'republished' || kind === 'returned' || kind === 'withdrawn'
        ? { kind, version: recorded.facts.version }
        : [],
    ),
  };
  return { news, events: state.baseline ? [] : listEvents(news, prepared) };
}

/** Whether an answer changed what a run depends on. */
function isTouched({ prepared: { changes }, state }: ReadyAnswer): boolean {
  return changes.fresh.length > 0 || changes.changed.length > 0 || changes.pointer !== state.pointer;
}

interface PlacedCandidate extends Candidate {
  readonly selected: boolean;
  readonly isFresh: boolean;
}

function listCandidates(
  { changes, order }: PreparedAnswer,
  ids: ReadonlyMap<string, number>,
): readonly PlacedCandidate[] {
  const patches = new Map(changes.changed.map(({ recorded, patch }) => [recorded.id, patch]));
  return order.map(({ recorded, facts }: Placed, rank) => {
    const patch = recorded && patches.get(recorded.id);
    const revisionId = recorded?.id ?? ids.get(facts.version);
    if (revisionId === undefined) throw new Error(`${facts.version} was not recorded`);
    return {
      revisionId,
      version: facts.version,
      digest: strongestDigest(facts.digests),
      rank,
      state: patch?.state ?? recorded?.state ?? 'published',
      standing: facts.standing ?? 'ok',
      selected: patch?.selected ?? recorded?.selected ?? true,
      isFresh: !recorded,
    };
  });
}

const eventTypes = {
  republished: 'artifact.republished',
  returned: 'artifact.published',
  withdrawn: 'artifact.withdrawn',
} as const satisfies Record<PackageNews['changed'][number]['kind'], NewEvent['type']>;

function listEvents(
  { material, fresh, changed }: PackageNews,
  { order }: PreparedAnswer,
): readonly NewEvent[] {
  const known = new Map(order.map(({ facts }) => [facts.version, facts]));
  const describe = (version: string) => ({
    package: material,
    version,
    ...describeArtifact(known.get(version)),
  });
  const published = fresh.map(({ version }) => ({
    type: 'artifact.published' as const,
    subject: material,
    data: { ...describe(version), returned: false },
  }));
  const others = changed.map(({ kind, version }) => ({
    type: eventTypes[kind],
    subject: material,
    data: { ...describe(version), ...(kind === 'returned' && { returned: true }) },
  }));
  return [...published, ...others];
}

/** What whoever is told of an artifact finds it by. */
function describeArtifact(facts: Revision | undefined): NewEvent['data'] {
  if (!facts) return {};
  const { digests, purl, location } = facts;
  return { digest: strongestDigest(digests), purl: purl ?? null, location: location ?? null };
}
