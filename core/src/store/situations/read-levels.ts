import { readFreezes } from '../freezes.ts';
import { groupRows } from '../group-rows.ts';
import type { Tx } from '../store.ts';
import type { LevelSituation, PlaceSituation } from './situation.ts';

/** Which levels are to be read: all that there ever were, or some. */
export type LevelsAsked = 'all' | SomeLevels;

interface SomeLevels {
  readonly names: readonly string[];
  /** Pipelines of which runs may deploy now, wherever another configuration had them stand. */
  readonly pipelineIds: readonly number[];
}

/**
 * Locks levels to the end of the transaction, in the order of their ids, and reads what is there. Call it
 * once the pipelines are locked.
 */
export async function readLevels(tx: Tx, asked: LevelsAsked): Promise<readonly LevelSituation[]> {
  if (asked !== 'all' && asked.pipelineIds.length === 0) return [];
  let query = tx.db.selectFrom('level').select(['id', 'name']);
  if (asked !== 'all') {
    const { names, pipelineIds } = asked;
    const entered = tx.db
      .selectFrom('place')
      .innerJoin('run', 'run.id', 'place.run_id')
      .select('place.level_id')
      .where('run.pipeline_id', 'in', pipelineIds);
    query = query.where((e) =>
      names.length > 0 ? e.or([e('name', 'in', names), e('id', 'in', entered)]) : e('id', 'in', entered),
    );
  }
  const levels = await query.orderBy('id').modifyEnd(tx.dialect.forUpdate).execute();
  if (levels.length === 0) return [];
  const ids = levels.map(({ id }) => id);
  const places = await readPlaces(tx, ids);
  const freezes = await readFreezes(tx, ids);
  return levels.map(({ id, name }) => {
    return { id, name, places: places.get(id) ?? [], freezes: freezes.get(id) ?? [] };
  });
}

async function readPlaces(
  tx: Tx,
  levelIds: readonly number[],
): Promise<ReadonlyMap<number, readonly PlaceSituation[]>> {
  const rows = await tx.db
    .selectFrom('place')
    .leftJoin('stay', 'stay.id', 'place.entering')
    .select(['place.level_id as levelId', 'place.package_id as packageId', 'place.state', 'place.live'])
    .select(['place.entering', 'place.doubted', 'place.run_id as runId', 'stay.pipeline', 'stay.counter'])
    .select('stay.stage')
    .where('place.level_id', 'in', levelIds)
    .execute();
  const places = rows.map(({ levelId, runId: id, pipeline, counter, stage, ...place }) => {
    const isKnown = id !== null && pipeline !== null && counter !== null && stage !== null;
    return { levelId, place: { ...place, run: isKnown ? { id, pipeline, counter, stage } : null } };
  });
  return groupRows(
    places,
    ({ levelId }) => levelId,
    ({ place }) => place,
  );
}
