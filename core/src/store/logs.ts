import type { Tx } from './store.ts';

/** Stores a chunk of an attempt's output, masked; `upto` counts its raw bytes up to the end of the chunk. */
export async function appendLog(tx: Tx, attemptId: number, text: string, upto: number): Promise<void> {
  await tx.db
    .insertInto('log')
    .values({ attempt_id: attemptId, upto, text })
    .onConflict((conflict) => conflict.columns(['attempt_id', 'upto']).doNothing())
    .execute();
}

/** How many raw bytes of an attempt's output are stored. */
export async function readLogOffset(tx: Tx, attemptId: number): Promise<number> {
  const row = await tx.db
    .selectFrom('log')
    .select('upto')
    .where('attempt_id', '=', attemptId)
    .orderBy('upto', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.upto ?? 0;
}

/** Which job's log. */
export interface LogAddress {
  readonly pipeline: string;
  /** The run's counter. */
  readonly counter: number;
  readonly stage: string;
  /** Of the stage; without it, its newest. */
  readonly stageCounter?: number;
  readonly job: string;
}

/** A part of a job's log, all its attempts one after the other. */
export interface LogPart {
  readonly text: string;
  /** Where to go on reading: as it was given, where there is nothing new. */
  readonly next: string;
  /** Whether nothing comes after this part. */
  readonly complete: boolean;
}

const chunksAtOnce = 16;
const beginning = '0.0';

/**
 * Reads a job's log on from `after` (an earlier part's `next`; without it, from the beginning), at most 1 MiB
 * or so at once.
 *
 * Undefined where there is no such job. A malformed `after` reads from the beginning.
 */
export async function readJobLog(
  tx: Tx,
  address: LogAddress,
  after = beginning,
): Promise<LogPart | undefined> {
  const job = await findJob(tx, address);
  if (!job) return undefined;
  const [number = 0, upto = 0] = (/^\d{1,9}\.\d{1,15}$/.test(after) ? after : beginning)
    .split('.')
    .map(Number);
  const rows = await tx.db
    .selectFrom('log')
    .innerJoin('attempt', 'attempt.id', 'log.attempt_id')
    .select(['attempt.number', 'log.upto', 'log.text'])
    .where('attempt.job_id', '=', job.id)
    .where((e) =>
      e.or([
        e('attempt.number', '>', number),
        e.and([e('attempt.number', '=', number), e('log.upto', '>', upto)]),
      ]),
    )
    .orderBy('attempt.number')
    .orderBy('log.upto')
    .limit(chunksAtOnce)
    .execute();
  const last = rows.at(-1);
  return {
    text: rows.map(({ text }) => text).join(''),
    next: last ? `${last.number}.${last.upto}` : `${number}.${upto}`,
    complete: rows.length < chunksAtOnce && job.ended,
  };
}

/** The job that an address names, and whether it has ended. */
export async function findJob(tx: Tx, { pipeline, counter, stage, stageCounter, job }: LogAddress) {
  let query = tx.db
    .selectFrom('job')
    .innerJoin('stage', 'stage.id', 'job.stage_id')
    .innerJoin('run', 'run.id', 'stage.run_id')
    .innerJoin('pipeline', 'pipeline.id', 'run.pipeline_id')
    .select(['job.id', 'job.finished_at'])
    .where('pipeline.name', '=', pipeline)
    .where('run.counter', '=', counter)
    .where('stage.name', '=', stage)
    .where('job.name', '=', job);
  if (stageCounter !== undefined) query = query.where('stage.counter', '=', stageCounter);
  const row = await query.orderBy('stage.counter', 'desc').limit(1).executeTakeFirst();
  return row && { id: row.id, ended: row.finished_at !== null };
}
