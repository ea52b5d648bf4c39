import type { PipelineConfig } from '../config/config.ts';
import type { JobConfig } from '../config/jobs.ts';
import { type Pin, readPins } from './runs.ts';
import type { Tx } from './store.ts';

/** An attempt with everything that is recorded about its job, stage and run. */
export interface JobFacts {
  readonly attempt: AttemptFacts;
  readonly jobId: number;
  /** When the job began, which is when its time limit begins; null before. */
  readonly startedAt: number | null;
  readonly job: JobConfig;
  readonly stage: {
    readonly id: number;
    readonly name: string;
    readonly counter: number;
    readonly position: number;
  };
  readonly run: RunOfJob;
}

/** An attempt as it is recorded. */
export interface AttemptFacts {
  readonly id: number;
  readonly number: number;
  readonly key: string;
  /** What its target remembers of work on another server, as JSON. */
  readonly memory: string | null;
}

/** The run that a job belongs to. */
export interface RunOfJob {
  readonly id: number;
  readonly pipelineId: number;
  readonly pipeline: string;
  readonly counter: number;
  readonly label: string;
  /** As it was when the run was created. */
  readonly definition: PipelineConfig;
  readonly environment: Readonly<Record<string, string>>;
  readonly pins: readonly Pin[];
}

/** Reads what there is to know about attempts, by attempt. */
export async function readJobFacts(
  tx: Tx,
  attemptIds: readonly number[],
): Promise<ReadonlyMap<number, JobFacts>> {
  if (attemptIds.length === 0) return new Map();
  const rows = await selectFacts(tx, attemptIds).execute();
  const pins = await readPins(tx, [...new Set(rows.map(({ runId }) => runId))]);
  return new Map(rows.map((row) => [row.attemptId, toJobFacts(row, pins.get(row.runId) ?? [])]));
}

function selectFacts(tx: Tx, attemptIds: readonly number[]) {
  return tx.db
    .selectFrom('attempt')
    .innerJoin('job', 'job.id', 'attempt.job_id')
    .innerJoin('stage', 'stage.id', 'job.stage_id')
    .innerJoin('run', 'run.id', 'stage.run_id')
    .innerJoin('pipeline', 'pipeline.id', 'run.pipeline_id')
    .select([
      'attempt.id as attemptId',
      'attempt.number',
      'attempt.key',
      'attempt.memory',
      'job.id as jobId',
      'job.name as jobName',
    ])
    .select('job.started_at as startedAt')
    .select([
      'stage.id as stageId',
      'stage.name as stageName',
      'stage.counter as stageCounter',
      'stage.position',
    ])
    .select(['run.id as runId', 'run.counter', 'run.label', 'run.definition', 'run.environment'])
    .select(['pipeline.id as pipelineId', 'pipeline.name as pipeline'])
    .where('attempt.id', 'in', attemptIds);
}

type FactsRow = Awaited<ReturnType<ReturnType<typeof selectFacts>['executeTakeFirstOrThrow']>>;

function toJobFacts(row: FactsRow, pins: readonly Pin[]): JobFacts {
  const definition: PipelineConfig = JSON.parse(row.definition);
  const job = definition.stages[row.position]?.jobs.find(({ name }) => name === row.jobName);
  if (!job)
    throw new Error(
      `run ${row.pipeline}/${row.counter} has no job ${row.stageName}/${row.jobName} in its definition`,
    );
  return {
    attempt: { id: row.attemptId, number: row.number, key: row.key, memory: row.memory },
    jobId: row.jobId,
    startedAt: row.startedAt,
    job,
    stage: {
      id: row.stageId,
      name: row.stageName,
      counter: row.stageCounter,
      position: row.position,
    },
    run: {
      id: row.runId,
      pipelineId: row.pipelineId,
      pipeline: row.pipeline,
      counter: row.counter,
      label: row.label,
      definition,
      environment: JSON.parse(row.environment),
      pins,
    },
  };
}

/** Marks jobs as begun. */
export async function beginJobs(tx: Tx, ids: readonly number[], now: number): Promise<void> {
  if (ids.length === 0) return;
  await tx.db.updateTable('job').set({ status: 'running', started_at: now }).where('id', 'in', ids).execute();
}

/** How a job ended, to be recorded. */
export interface JobEnd {
  readonly status: 'passed' | 'failed' | 'cancelled';
  readonly exitCode: number | null;
  readonly message: string | null;
}

/** Marks jobs as ended, all in the same way. */
export async function endJobs(tx: Tx, ids: readonly number[], end: JobEnd, now: number): Promise<void> {
  const { status, exitCode, message } = end;
  await tx.db
    .updateTable('job')
    .set({ status, exit_code: exitCode, message, finished_at: now })
    .where('id', 'in', ids)
    .execute();
}
