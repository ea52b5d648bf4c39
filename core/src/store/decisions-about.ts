import { type DecisionView, selectDecisions, toDecisionPage } from './decisions.ts';
import type { Page, PageRequest } from './page.ts';
import type { Tx } from './store.ts';

/** Which decisions of a pipeline are asked for. */
export interface AboutVersion extends PageRequest {
  readonly pipelineId: number;
  readonly version: string;
  /** The packages that can stand behind the pipeline. */
  readonly packageIds: readonly number[];
}

/**
 * The decisions of a pipeline that are about a version, newest first: that name it, that are about a run with
 * it behind, or about the pass of an upstream run with it behind.
 */
export async function listDecisionsAbout(tx: Tx, about: AboutVersion): Promise<Page<DecisionView>> {
  const { pipelineId, version, limit } = about;
  const revisionIds = await findRevisions(tx, about);
  const named = await selectIds(tx, about)
    .where('decision.pipeline_id', '=', pipelineId)
    .where('decision.version', '=', version)
    .execute();
  const ofRuns = await selectIds(tx, about)
    .where('decision.run_id', 'in', (e) =>
      e
        .selectFrom('run_package')
        .select('run_id')
        .where('revision_id', 'in', revisionIds)
        .where('pipeline_id', '=', pipelineId),
    )
    .execute();
  const ofPasses = await selectIds(tx, about)
    // A sum here, too, else it would begin with all that the pipeline ever decided.
    .where((e) => e(e('decision.pipeline_id', '+', 0), '=', pipelineId))
    .where('decision.upstream_run_id', 'in', (e) =>
      e
        .selectFrom('run_package')
        .select('run_id')
        .where('revision_id', 'in', revisionIds)
        .where('pipeline_id', 'in', (inner) =>
          inner
            .selectFrom('dependency')
            .select('upstream_id')
            .where('dependency.pipeline_id', '=', pipelineId),
        ),
    )
    .execute();
  const ids = [...new Set([...named, ...ofRuns, ...ofPasses].map(({ id }) => id))].toSorted((a, b) => b - a);
  const rows = await selectDecisions(tx)
    .where('decision.id', 'in', [0, ...ids.slice(0, limit + 1)])
    .orderBy('decision.id', 'desc')
    .execute();
  return toDecisionPage(rows, limit);
}

/**
 * Newest first: by a sum, so that both databases begin with the version's runs, and not with the newest of
 * all decisions.
 */
function selectIds(tx: Tx, { after, limit }: AboutVersion) {
  return tx.db
    .selectFrom('decision')
    .select('decision.id')
    .$if(after !== undefined, (query) => query.where('decision.id', '<', after ?? 0))
    .orderBy((e) => e('decision.id', '+', 0), 'desc')
    .limit(limit + 1);
}

async function findRevisions(tx: Tx, { packageIds, version }: AboutVersion): Promise<readonly number[]> {
  const rows = await tx.db
    .selectFrom('revision')
    .select('id')
    .where('package_id', 'in', [0, ...packageIds])
    .where('version', '=', version)
    .execute();
  return [0, ...rows.map(({ id }) => id)];
}
