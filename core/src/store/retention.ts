import { sql } from 'kysely';
import type { Tx } from './store.ts';

/** Deletes decisions that were recorded before `before`, at most `limit`; answers how many. */
export async function deleteDecisions(tx: Tx, before: number, limit: number): Promise<number> {
  const old = tx.db.selectFrom('decision').select('id').where('at', '<', before).limit(limit);
  const { numDeletedRows } = await tx.db
    .deleteFrom('decision')
    .where('id', 'in', old)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/**
 * Deletes events that were recorded before `before`, at most `limit`; answers how many. Those that a sink has
 * still to get stay, and dead letters; what a sink has not looked at for as long as it would try to deliver
 * it does not.
 */
export async function deleteEvents(tx: Tx, before: number, limit: number): Promise<number> {
  const old = tx.db
    .selectFrom('event')
    .select('event.id')
    .where('at', '<', before)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('delivery').select('delivery.id').whereRef('event_id', '=', 'event.id'))),
    )
    .where(({ not, exists, selectFrom, eb }) =>
      not(
        exists(
          selectFrom('sink')
            .select('sink.id')
            .where('active', '=', 1)
            .whereRef('cursor', '<', 'event.id')
            .where(eb('event.at', '>=', sql<number>`${before} - give_up_ms`)),
        ),
      ),
    )
    .limit(limit);
  const { numDeletedRows } = await tx.db.deleteFrom('event').where('id', 'in', old).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/**
 * Deletes dead letters that were tried for the last time before `before`, at most `limit`; answers how many.
 */
export async function deleteDeadLetters(tx: Tx, before: number, limit: number): Promise<number> {
  const old = tx.db
    .selectFrom('delivery')
    .select('id')
    .where('state', '=', 'dead')
    .where('tried_at', '<', before)
    .limit(limit);
  const { numDeletedRows } = await tx.db
    .deleteFrom('delivery')
    .where('id', 'in', old)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** Deletes the logs of at most `limit` attempts whose jobs ended before `before`; answers of how many. */
export async function deleteLogs(tx: Tx, before: number, limit: number): Promise<number> {
  const rows = await tx.db
    .selectFrom('attempt')
    .innerJoin('job', 'job.id', 'attempt.job_id')
    .select('attempt.id')
    .where('job.finished_at', '<', before)
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('log').select('log.upto').whereRef('log.attempt_id', '=', 'attempt.id')),
    )
    .limit(limit)
    .execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) await tx.db.deleteFrom('log').where('attempt_id', 'in', ids).execute();
  return ids.length;
}

/**
 * Deletes the oldest runs that have ended, with their stages, jobs and logs, at most `limit`, in each
 * pipeline that has more than `kept` of them; answers how many. Triggers stay: they are the proof against a
 * second start.
 */
export async function deleteRuns(tx: Tx, kept: number, limit: number): Promise<number> {
  const pipelines = await tx.db.selectFrom('pipeline').select('id').where('counter', '>', kept).execute();
  const doomed: number[] = [];
  for (const { id } of pipelines) {
    if (doomed.length < limit) doomed.push(...(await findSurplus(tx, id, kept, limit - doomed.length)));
  }
  if (doomed.length > 0) await tx.db.deleteFrom('run').where('id', 'in', doomed).execute();
  return doomed.length;
}

async function findSurplus(
  tx: Tx,
  pipelineId: number,
  kept: number,
  limit: number,
): Promise<readonly number[]> {
  // The run that holds a lock says why others wait.
  const ended = tx.db
    .selectFrom('run')
    .where('pipeline_id', '=', pipelineId)
    .where('finished_at', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('pipeline').select('pipeline.id').whereRef('pipeline.locked_by', '=', 'run.id'))),
    )
    .where('id', 'not in', await findThere(tx, pipelineId));
  const newest = await ended
    .select('counter')
    .orderBy('counter', 'desc')
    .limit(1)
    .offset(kept)
    .executeTakeFirst();
  if (!newest) return [];
  const rows = await ended
    .select('id')
    .where('counter', '<=', newest.counter)
    .orderBy('counter')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** The runs of a pipeline that brought what is at levels now, or may be there. */
async function findThere(tx: Tx, pipelineId: number): Promise<readonly number[]> {
  const rows = await tx.db
    .selectFrom('place')
    .innerJoin('stay', (join) =>
      join.on(({ eb, or, ref }) =>
        or([eb('stay.id', '=', ref('place.live')), eb('stay.id', '=', ref('place.entering'))]),
      ),
    )
    .innerJoin('pipeline', 'pipeline.name', 'stay.pipeline')
    .innerJoin('run', (join) =>
      join.onRef('run.pipeline_id', '=', 'pipeline.id').onRef('run.counter', '=', 'stay.counter'),
    )
    .select('run.id')
    .where('pipeline.id', '=', pipelineId)
    .execute();
  return [0, ...rows.map(({ id }) => id)];
}

/** Deletes marks of commits that were left before `before`, at most `limit`; answers how many. */
export async function deleteCommitMarks(tx: Tx, before: number, limit: number): Promise<number> {
  const old = tx.db.selectFrom('commit_mark').select('id').where('at', '<', before).limit(limit);
  const { numDeletedRows } = await tx.db
    .deleteFrom('commit_mark')
    .where('id', 'in', old)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
