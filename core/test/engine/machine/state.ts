import type { ApprovalConfig } from '../../../src/config/config.ts';
import type { Status } from '../../../src/domain/status.ts';
import type { Tx } from '../../../src/store/store.ts';
import type { AuditEntry } from './check-audit.ts';

export interface StageState {
  readonly id: number;
  readonly run: number;
  readonly pipeline: string;
  readonly position: number;
  readonly name: string;
  readonly counter: number;
  readonly status: Status;
  readonly isLatest: boolean;
  readonly approval: ApprovalConfig;
  readonly readyAt: number | null;
  readonly notBefore: number | null;
  readonly expiresAt: number | null;
  readonly approvedAt: number | null;
  readonly startedAt: number | null;
  readonly jobs: readonly { readonly status: Status; readonly openAttempts: number }[];
  readonly words: readonly { readonly person: string; readonly verdict: 'approved' | 'rejected' }[];
}

export interface RunState {
  readonly id: number;
  readonly pipeline: string;
  readonly counter: number;
  readonly status: Status;
  readonly person: string | null;
  readonly stages: readonly StageState[];
}

export interface PipelineState {
  readonly id: number;
  readonly name: string;
  readonly counter: number;
  readonly isPaused: boolean;
  readonly lockedBy: number | null;
  readonly lookAt: number | null;
}

/** The stage machine, read straight from the tables. */
export interface MachineState {
  readonly pipelines: readonly PipelineState[];
  readonly runs: readonly RunState[];
  /** The whole audit log, oldest first. */
  readonly audit: readonly AuditEntry[];
}

/** Reads the state of the stage machine. */
export async function readState(tx: Tx): Promise<MachineState> {
  const pipelines = await tx.db.selectFrom('pipeline').selectAll().orderBy('id').execute();
  const nameOf = new Map(pipelines.map(({ id, name }) => [id, name]));
  const jobs = Map.groupBy(await tx.db.selectFrom('job').selectAll().execute(), (row) => row.stage_id);
  const open = await tx.db.selectFrom('attempt').select('job_id').where('state', '<>', 'done').execute();
  const words = Map.groupBy(await tx.db.selectFrom('approval').selectAll().execute(), (row) => row.stage_id);
  const rows = await tx.db.selectFrom('stage').selectAll().orderBy('position').orderBy('counter').execute();
  const stages = rows.map(
    (row): StageState => ({
      id: row.id,
      run: row.run_id,
      pipeline: nameOf.get(row.pipeline_id) ?? '',
      position: row.position,
      name: row.name,
      counter: row.counter,
      status: row.status,
      isLatest: row.latest === 1,
      approval: JSON.parse(row.approval),
      readyAt: row.ready_at,
      notBefore: row.not_before,
      expiresAt: row.expires_at,
      startedAt: row.started_at,
      approvedAt: row.approved_at,
      jobs: (jobs.get(row.id) ?? []).map(({ id, status }) => ({
        status,
        openAttempts: open.filter(({ job_id }) => job_id === id).length,
      })),
      words: (words.get(row.id) ?? []).map(({ person, verdict }) => ({ person, verdict })),
    }),
  );
  const byRun = Map.groupBy(stages, ({ run }) => run);
  const runs = (await tx.db.selectFrom('run').selectAll().orderBy('id').execute()).map(
    (row): RunState => ({
      id: row.id,
      pipeline: nameOf.get(row.pipeline_id) ?? '',
      counter: row.counter,
      status: row.status,
      person: row.person,
      stages: byRun.get(row.id) ?? [],
    }),
  );
  return {
    pipelines: pipelines.map((row) => ({
      id: row.id,
      name: row.name,
      counter: row.counter,
      isPaused: row.paused_at !== null,
      lockedBy: row.locked_by,
      lookAt: row.look_at,
    })),
    runs,
    audit: await tx.db.selectFrom('audit').select(['actor', 'action', 'subject']).orderBy('id').execute(),
  };
}
