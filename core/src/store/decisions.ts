import { say } from '../domain/reason.ts';
import type { SomeReason } from '../domain/reasons/kind.ts';
import { chunk } from './chunk.ts';
import { cutPage, type Page, type PageRequest } from './page.ts';
import type { DecisionTable } from './schema.ts';
import { selectAbout } from './select-about.ts';
import type { Tx } from './store.ts';

/** What was decided. */
export type DecisionOutcome = DecisionTable['outcome'];

/** Every outcome that there is. */
export const outcomes = [
  'started',
  'superseded',
  'waits',
  'held',
  'refused',
] as const satisfies readonly DecisionOutcome[];

/** Whether a text is an outcome. */
export function isDecisionOutcome(text: string): text is DecisionOutcome {
  return outcomes.some((outcome) => outcome === text);
}

/** Why a revision or a request did or did not start a run, to be recorded. */
export interface NewDecision {
  readonly at: number;
  readonly pipelineId: number;
  /** The package that it is about, where it is about one. */
  readonly packageId: number | null;
  readonly version: string | null;
  readonly outcome: DecisionOutcome;
  readonly reason: SomeReason;
  /**
   * By material a version, or the counter of an upstream run: those of the run, or the one that it is about.
   */
  readonly materials: Readonly<Record<string, string | number>>;
  readonly runId: number | null;
  /** The upstream run whose pass it is about, where it is about one. */
  readonly upstreamRunId?: number;
}

/** A decision as the API shows it. */
export interface DecisionView extends SomeReason {
  readonly at: number;
  readonly pipeline: string;
  readonly outcome: DecisionOutcome;
  /** The reason in words, for people. */
  readonly reason: string;
  readonly materials: Readonly<Record<string, string | number>>;
  /** The run's counter. */
  readonly run: number | null;
  /** The upstream run whose pass it is about. */
  readonly upstream: { readonly pipeline: string; readonly counter: number } | null;
}

/** Records decisions. */
export async function appendDecisions(tx: Tx, decisions: readonly NewDecision[]): Promise<void> {
  for (const some of chunk(decisions)) {
    const rows = some.map((decision) => ({
      at: decision.at,
      pipeline_id: decision.pipelineId,
      package_id: decision.packageId,
      version: decision.version,
      outcome: decision.outcome,
      code: decision.reason.code,
      facts: JSON.stringify(decision.reason.facts),
      materials: JSON.stringify(decision.materials),
      run_id: decision.runId,
      upstream_run_id: decision.upstreamRunId ?? null,
    }));
    await tx.db.insertInto('decision').values(rows).execute();
  }
}

/** Which decisions. */
export interface DecisionRequest extends PageRequest {
  /** Only these. */
  readonly outcome?: DecisionOutcome | undefined;
  /** Only those about a run. */
  readonly runId?: number | undefined;
  /** Only those about a package, or about one version of it. */
  readonly about?: { readonly packageId: number; readonly version: string | undefined } | undefined;
}

/** The decisions of a pipeline, of several, or of all where none is named, newest first. */
export async function listDecisions(
  tx: Tx,
  pipeline: string | readonly string[] | undefined,
  { outcome, runId, about, after, limit }: DecisionRequest,
): Promise<Page<DecisionView>> {
  let query = selectDecisions(tx);
  if (typeof pipeline === 'string') query = query.where('pipeline.name', '=', pipeline);
  else if (pipeline) query = query.where('pipeline.name', 'in', [...pipeline, '']);
  if (outcome !== undefined) query = query.where('decision.outcome', '=', outcome);
  if (runId !== undefined) query = query.where('decision.run_id', '=', runId);
  if (about) {
    const versions = about.version === undefined ? undefined : [about.version];
    const ids = selectAbout(tx, { packageId: about.packageId, versions }).as('about');
    query = query.where('decision.id', 'in', tx.db.selectFrom(ids).select('about.id'));
  }
  if (after !== undefined) query = query.where('decision.id', '<', after);
  const rows = await query
    .orderBy('decision.id', 'desc')
    .limit(limit + 1)
    .execute();
  return toDecisionPage(rows, limit);
}

/** Decisions with what they are about, by name. */
export function selectDecisions(tx: Tx) {
  return tx.db
    .selectFrom('decision')
    .innerJoin('pipeline', 'pipeline.id', 'decision.pipeline_id')
    .leftJoin('run', 'run.id', 'decision.run_id')
    .leftJoin('run as passed', 'passed.id', 'decision.upstream_run_id')
    .leftJoin('pipeline as upstream', 'upstream.id', 'passed.pipeline_id')
    .select([
      'decision.id',
      'decision.at',
      'pipeline.name as pipeline',
      'decision.outcome',
      'decision.code',
      'decision.facts',
    ])
    .select([
      'decision.materials',
      'run.counter as run',
      'upstream.name as upstream',
      'passed.counter as upstreamCounter',
    ]);
}

type DecisionRow = Awaited<ReturnType<ReturnType<typeof selectDecisions>['execute']>>[number];

/** Makes a page of rows of which one more than `limit` was asked for. */
export function toDecisionPage(rows: readonly DecisionRow[], limit: number): Page<DecisionView> {
  const { items, next } = cutPage(rows, limit, ({ id }) => id);
  return { items: items.map(toDecisionView), next };
}

/** A decision as the API shows it. */
export function toDecisionView({
  id: _,
  materials,
  facts,
  upstream,
  upstreamCounter,
  ...row
}: DecisionRow): DecisionView {
  const reason: SomeReason = { code: row.code, facts: JSON.parse(facts) };
  const pass =
    upstream === null || upstreamCounter === null ? null : { pipeline: upstream, counter: upstreamCounter };
  return { ...row, ...reason, reason: say(reason), materials: JSON.parse(materials), upstream: pass };
}
