import type { Tx } from './store.ts';

/** Another attempt at a stage. */
export interface NextAttempt {
  /** The attempt before. */
  readonly of: number;
  /** Whether its jobs that passed stay passed; the others are to be done. */
  readonly keepPassed: boolean;
}

/** Adds another attempt at a stage, pending. Answers its id. */
export async function insertStageAttempt(tx: Tx, { of, keepPassed }: NextAttempt): Promise<number> {
  const before = await tx.db
    .updateTable('stage')
    .set({ latest: 0 })
    .where('id', '=', of)
    .returning(['run_id', 'pipeline_id', 'position', 'name', 'counter', 'approval'])
    .executeTakeFirstOrThrow();
  const { id } = await tx.db
    .insertInto('stage')
    .values({ ...before, counter: before.counter + 1, status: 'pending' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const jobs = await tx.db.selectFrom('job').selectAll().where('stage_id', '=', of).orderBy('id').execute();
  const rows = jobs.map((job) =>
    keepPassed && job.status === 'passed'
      ? { ...job, id: undefined, stage_id: id, original_id: job.original_id ?? job.id }
      : { stage_id: id, name: job.name, status: 'pending' as const },
  );
  for (const row of rows) await tx.db.insertInto('job').values(row).execute();
  return id;
}

/** Lets stages that were cancelled before they were reached be still to come. */
export async function resetStages(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const pending = { status: 'pending', finished_at: null } as const;
  await tx.db.updateTable('stage').set(pending).where('id', 'in', ids).execute();
  await tx.db.updateTable('job').set(pending).where('stage_id', 'in', ids).execute();
}
