import { findPublished, findPublishers, type Publishing } from '../publications.ts';
import type { Tx } from '../store.ts';
import type { Link, NodeIds } from './graph.ts';

/** What a step through a value stream goes by. */
export interface Stepping {
  readonly publishing: Publishing;
  /** Whether runs of a pipeline are shown; what is only behind others is not shown either. */
  readonly isVisible: (pipelineId: number) => boolean;
  /** The most links that one step reads of each kind, the newest first. */
  readonly most: number;
}

/** What a step found. */
export interface Found {
  readonly links: readonly Link[];
  /** Whether there were more than were read. */
  readonly isCut: boolean;
}

/** One step from some nodes. */
export type Step = (tx: Tx, from: NodeIds, stepping: Stepping) => Promise<Found>;

/** To what stands right behind some nodes: what runs pinned, and the runs that published revisions. */
export const stepUp: Step = async (tx, { runs, revisions }, { publishing, isVisible, most }) => {
  const published = await findPublishers(tx, revisions, publishing);
  const pinned =
    runs.length === 0
      ? []
      : await selectMaterials(tx)
          .leftJoin('run as upstream', 'upstream.id', 'run_material.upstream_run_id')
          .select('upstream.pipeline_id as upstreamPipelineId')
          .where('run_material.run_id', 'in', runs)
          .limit(most + 1)
          .execute();
  const shown = pinned.filter(
    ({ upstreamPipelineId }) => upstreamPipelineId === null || isVisible(upstreamPipelineId),
  );
  const links = [
    ...published.filter(({ pipelineId }) => isVisible(pipelineId)).map(toPublished),
    ...shown.flatMap(toPinned),
  ];
  return { links, isCut: pinned.length > most };
};

/** To what came right after some nodes: runs that pinned them, and the revisions that runs published. */
export const stepDown: Step = async (tx, { runs, revisions }, { publishing, isVisible, most }) => {
  const published = await findPublished(tx, runs, publishing);
  const links = published.map(toPublished);
  let isCut = false;
  for (const [column, ids] of [['revision_id', revisions] as const, ['upstream_run_id', runs] as const]) {
    if (ids.length === 0) continue;
    const rows = await selectMaterials(tx)
      .innerJoin('run', 'run.id', 'run_material.run_id')
      .select('run.pipeline_id as pipelineId')
      .where(`run_material.${column}`, 'in', ids)
      .orderBy('run_material.run_id', 'desc')
      .limit(most + 1)
      .execute();
    links.push(...rows.filter(({ pipelineId }) => isVisible(pipelineId)).flatMap(toPinned));
    isCut ||= rows.length > most;
  }
  return { links, isCut };
};

function selectMaterials(tx: Tx) {
  return tx.db
    .selectFrom('run_material')
    .select([
      'run_material.run_id as runId',
      'run_material.revision_id as revisionId',
      'run_material.upstream_run_id as upstreamRunId',
    ]);
}

type Pinned = Awaited<ReturnType<ReturnType<typeof selectMaterials>['execute']>>[number];

/** Of an upstream run that is not kept any more nothing can be shown. */
function toPinned({ runId, revisionId, upstreamRunId }: Pinned): readonly Link[] {
  const to = { kind: 'run', id: runId } as const;
  if (revisionId !== null) return [{ from: { kind: 'package', id: revisionId }, to }];
  return upstreamRunId === null ? [] : [{ from: { kind: 'run', id: upstreamRunId }, to }];
}

function toPublished({ runId, revisionId }: { readonly runId: number; readonly revisionId: number }): Link {
  return { from: { kind: 'run', id: runId }, to: { kind: 'package', id: revisionId } };
}
