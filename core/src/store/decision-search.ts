import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { listCodesWith, say } from '../domain/reason.ts';
import {
  type DecisionOutcome,
  type DecisionView,
  outcomes,
  selectDecisions,
  toDecisionView,
} from './decisions.ts';
import type { Schema } from './schema.ts';
import {
  type Bottom,
  contains,
  foldCase,
  type SearchPage,
  type SearchRequest,
  toSearchPage,
} from './search.ts';
import type { Tx } from './store.ts';

/** Which decisions. */
export interface DecisionSearch {
  /**
   * Each is a fragment of the facts of the decision's reason, of its code or of what that means, of its
   * outcome, the name of its pipeline or of who started its run, or of `npmjs/fastify@5.2.1` for what it is
   * about and for the packages behind its run. With ASCII letters in lower case.
   */
  readonly words: readonly string[];
  readonly outcome?: DecisionOutcome | undefined;
  /** Of these pipelines only; of all where it is left out. */
  readonly pipelines?: readonly string[] | undefined;
  /** Whether whoever searches may see a pipeline; by the names of others nothing is found. */
  isVisible(pipeline: string): boolean;
}

/** The part of the decisions that is looked at. */
interface Part {
  readonly after: number | undefined;
  /** The last one; undefined where there is no end. */
  readonly bottom: Bottom | undefined;
  /** Of these pipelines only. */
  readonly pipelineIds: readonly number[] | undefined;
}

/** Searches what was decided, newest first. */
export async function searchDecisions(
  tx: Tx,
  request: DecisionSearch & SearchRequest,
): Promise<SearchPage<DecisionView>> {
  const pipelineIds = await findPipelineIds(tx, request.pipelines);
  const whole = { after: request.after, pipelineIds, bottom: undefined };
  const part = { ...whole, bottom: await findBottom(tx, request, whole) };
  const rows = await selectFound(tx, request, part)
    .limit(request.limit + 1)
    .execute();
  const { items, ...page } = toSearchPage(rows, request.limit, part.bottom);
  const found = await selectDecisions(tx)
    .where('decision.id', 'in', [0, ...items.map(({ id }) => id)])
    .orderBy('decision.id', 'desc')
    .execute();
  const marks = new Map(items.map((row) => [row.id, row.marks]));
  return {
    ...page,
    items: found.filter((row) => isFound(row, request, marks.get(row.id) ?? '')).map(toDecisionView),
  };
}

async function findPipelineIds(
  tx: Tx,
  names: readonly string[] | undefined,
): Promise<readonly number[] | undefined> {
  if (!names) return undefined;
  const rows = await tx.db
    .selectFrom('pipeline')
    .select('id')
    .where('name', 'in', ['', ...names])
    .execute();
  return rows.map(({ id }) => id);
}

async function findBottom(
  tx: Tx,
  { words, outcome, depth }: DecisionSearch & SearchRequest,
  whole: Part,
): Promise<Bottom | undefined> {
  if (words.length === 0 && outcome === undefined) return undefined;
  return selectPart(tx, whole)
    .select(['decision.id', 'decision.at'])
    .orderBy('decision.id', 'desc')
    .offset(depth - 1)
    .limit(1)
    .executeTakeFirst();
}

/**
 * With a mark for each word: `1` where it is found in what a decision does not show, the person and the
 * packages of its run.
 */
function selectFound(tx: Tx, { words, outcome }: DecisionSearch, part: Part) {
  let query = selectPart(tx, part).orderBy('decision.id', 'desc');
  if (outcome !== undefined) query = query.where('decision.outcome', '=', outcome);
  for (const word of words)
    query = query.where((e) => e.or([...findShown(tx, e, word), ...findBehind(tx, e, { word, part })]));
  return query.select(['decision.id', 'decision.at']).select((e) => {
    const marks = words.map(
      (word) => sql`case when ${e.or(findBehind(tx, e, { word, part }))} then '1' else '0' end`,
    );
    return sql<string>`${sql.join([sql.lit(''), ...marks], sql` || `)}`.as('marks');
  });
}

function selectPart(tx: Tx, { after, bottom, pipelineIds }: Part) {
  let query = tx.db.selectFrom('decision');
  const [first = 0, ...more] = pipelineIds ?? [];
  // A sum, else SQLite would sort all that these pipelines ever decided.
  if (more.length > 0)
    query = query.where((e) => e(e('decision.pipeline_id', '+', 0), 'in', [first, ...more]));
  else if (pipelineIds) query = query.where('decision.pipeline_id', '=', first);
  if (after !== undefined) query = query.where('decision.id', '<', after);
  return bottom ? query.where('decision.id', '>=', bottom.id) : query;
}

type OfDecision = ExpressionBuilder<Schema, 'decision'>;

function findShown(tx: Tx, e: OfDecision, word: string): readonly Expression<SqlBool>[] {
  const pipelines = tx.db
    .selectFrom('pipeline')
    .select('pipeline.id')
    .where((p) => contains(p.ref('pipeline.name'), word));
  return [
    e('decision.outcome', 'in', [
      '',
      ...outcomes.filter((outcome) => outcome.includes(word)),
    ] as readonly DecisionOutcome[]),
    e('decision.pipeline_id', 'in', pipelines),
    ...listForms(word).map((form) => contains(e.ref('decision.materials'), form)),
    e('decision.code', 'in', ['', ...listCodesWith(word)]),
    ...listForms(word).map((form) => contains(e.ref('decision.facts'), form)),
  ];
}

/** How the materials of a decision, as JSON, can have a word in them. */
function listForms(word: string): readonly string[] {
  const form = JSON.stringify(word).slice(1, -1);
  const at = form.lastIndexOf('@');
  const [name, pinned] = [form.slice(0, at), form.slice(at + 1)];
  return at < 0 ? [form] : [form, `${name}":"${pinned}`, `${name}":${pinned}`];
}

/**
 * Whether the run that a decision is about was started by such a person or has such a package behind it, or
 * the upstream run has. The runs are found once for all decisions of the part, since many are about the same.
 */
function findBehind(
  tx: Tx,
  e: OfDecision,
  { word, part }: { readonly word: string; readonly part: Part },
): readonly Expression<SqlBool>[] {
  const ofPart = (column: 'run_id' | 'upstream_run_id') =>
    selectPart(tx, part).select(`decision.${column}`).where(column, 'is not', null);
  const byPackage = (column: 'run_id' | 'upstream_run_id') =>
    tx.db
      .selectFrom('run_package')
      .innerJoin('revision', 'revision.id', 'run_package.revision_id')
      .innerJoin('package', 'package.id', 'run_package.package_id')
      .innerJoin('repository', 'repository.id', 'package.repository_id')
      .select('run_package.run_id')
      .where('run_package.run_id', 'in', ofPart(column))
      .where(contains(sql<string>`repository.name || '/' || package.name || '@' || revision.version`, word));
  const byPerson = tx.db
    .selectFrom('run')
    .select('run.id')
    .where('run.id', 'in', ofPart('run_id'))
    .where((r) => contains(r.ref('run.person'), word));
  return [
    e('decision.run_id', 'in', byPackage('run_id')),
    e('decision.run_id', 'in', byPerson),
    e('decision.upstream_run_id', 'in', byPackage('upstream_run_id')),
  ];
}

type Shown = { readonly [name in 'pipeline' | 'outcome' | 'code' | 'facts' | 'materials']: string };

/** Whether each word is in what whoever searches is shown, or is marked. */
function isFound(
  { pipeline, outcome, code, facts, materials }: Shown,
  { words, isVisible }: DecisionSearch,
  marks: string,
): boolean {
  const about = Object.entries(JSON.parse(materials) as DecisionView['materials'])
    .filter(([name]) => name.includes('/') || isVisible(name))
    .map(([name, pinned]) => `${name}@${pinned}`);
  const shown = [pipeline, outcome, say({ code, facts: JSON.parse(facts) }), ...about].map(foldCase);
  const isShown = (word: string) =>
    shown.some((text) => text.includes(word)) || listCodesWith(word).includes(code);
  return words.every((word, index) => marks[index] === '1' || isShown(word));
}
