import { sql } from 'kysely';
import { assertLease, type Lease } from './leases.ts';
import type { Tx } from './store.ts';

/** How the receiver of a webhook says that its work ended. */
export interface Report {
  readonly status: 'passed' | 'failed';
  readonly message: string | null;
}

/**
 * Stores what is known of an attempt's work on another server. Throws `LeaseLost` where another node has the
 * attempt by now.
 */
export async function rememberWork(
  tx: Tx,
  lease: Lease,
  memory: string,
  link: string | undefined,
): Promise<void> {
  await assertLease(tx, lease);
  await tx.db.updateTable('attempt').set({ memory }).where('id', '=', lease.id).execute();
  if (link === undefined) return;
  const ofAttempt = tx.db.selectFrom('attempt').select('job_id').where('id', '=', lease.id);
  await tx.db.updateTable('job').set({ link }).where('id', 'in', ofAttempt).execute();
}

/**
 * What became of a report: taken, or given before, or contrary to the one that was given before, or about
 * nothing that waits for one.
 */
export type ReportVerdict = 'taken' | 'repeated' | 'contrary' | 'unknown';

/** Takes the one report about the work of this key. */
export async function takeReport(tx: Tx, key: string, report: Report): Promise<ReportVerdict> {
  const row = await tx.db
    .selectFrom('attempt')
    .select(['id', 'state', 'report'])
    .where('key', '=', key)
    .where('state', '<>', 'due')
    .orderBy('number', 'desc')
    .limit(1)
    .modifyEnd(tx.dialect.forUpdate)
    .executeTakeFirst();
  if (row === undefined) return 'unknown';
  const text = JSON.stringify({ status: report.status, message: report.message });
  if (row.report !== null) return row.report === text ? 'repeated' : 'contrary';
  if (row.state === 'done') return 'unknown';
  await tx.db.updateTable('attempt').set({ report: text }).where('id', '=', row.id).execute();
  tx.wake('looks');
  return 'taken';
}

/** The report about an attempt's work; undefined while there is none. */
export async function readReport(tx: Tx, attemptId: number): Promise<Report | undefined> {
  const row = await tx.db
    .selectFrom('attempt')
    .select('report')
    .where('id', '=', attemptId)
    .executeTakeFirst();
  return row?.report ? JSON.parse(row.report) : undefined;
}

/** Somebody says that there is something to look at. */
export async function requestLooks(tx: Tx, attemptIds: readonly number[]): Promise<void> {
  if (attemptIds.length === 0) return;
  await tx.db
    .updateTable('attempt')
    .set({ looks: sql<number>`looks + 1` })
    .where('id', 'in', attemptIds)
    .execute();
  tx.wake('looks');
}

/** How often somebody said so of some attempts; a report counts as once more. */
export async function readLooks(tx: Tx, attemptIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (attemptIds.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom('attempt')
    .select(['id', 'looks', 'report'])
    .where('id', 'in', attemptIds)
    .execute();
  return new Map(rows.map(({ id, looks, report }) => [id, looks + (report === null ? 0 : 1)]));
}

/** The attempts of a pipeline that have begun and have not ended, by stage and job. */
export async function findBegunAttempts(
  tx: Tx,
  pipeline: string,
): Promise<readonly { readonly id: number; readonly stage: string; readonly job: string }[]> {
  return tx.db
    .selectFrom('attempt')
    .innerJoin('job', 'job.id', 'attempt.job_id')
    .innerJoin('stage', 'stage.id', 'job.stage_id')
    .innerJoin('pipeline', 'pipeline.id', 'stage.pipeline_id')
    .select(['attempt.id', 'stage.name as stage', 'job.name as job'])
    .where('pipeline.name', '=', pipeline)
    .where('attempt.state', '=', 'started')
    .execute();
}
