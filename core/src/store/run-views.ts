import type { ApprovalConfig } from '../config/config.ts';
import { nameMaterial } from '../config/materials.ts';
import { say } from '../domain/reason.ts';
import type { SomeReason } from '../domain/reasons/kind.ts';
import type { StartedBy, Status } from '../domain/status.ts';
import { type Alarm, readAlarmsOfRuns } from './alarms.ts';
import { type Approval, readApprovals } from './approvals.ts';
import { cutPage, type Page, type PageRequest } from './page.ts';
import { type Pin, readPins } from './runs.ts';
import type { Tx } from './store.ts';

/** A run as the API shows it; times in milliseconds. */
export interface RunView {
  readonly pipeline: string;
  readonly counter: number;
  readonly label: string;
  /** What or who started it, and the same in words. */
  readonly because: SomeReason;
  readonly cause: string;
  readonly startedBy: StartedBy;
  /** Who triggered it, where a person did. */
  readonly person: string | null;
  readonly status: Status;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  readonly materials: readonly MaterialView[];
  /** What is wrong by now with the revisions behind it. */
  readonly alarms: readonly Alarm[];
  /** In their order; of a stage that was run again, each time. */
  readonly stages: readonly StageView[];
}

/** What a run pinned: a revision of a package, or a run of another pipeline. */
export type MaterialView = PackageView | UpstreamView;

export interface PackageView {
  readonly package: string;
  readonly version: string;
  /** `algorithm:hex` */
  readonly digest: string | null;
  readonly location: string | null;
  readonly changed: boolean;
}

export interface UpstreamView {
  readonly pipeline: string;
  readonly counter: number;
  readonly label: string;
  readonly stage: string;
  readonly changed: boolean;
}

/** A stage of a run. */
export interface StageView {
  readonly name: string;
  readonly counter: number;
  readonly status: Status;
  readonly approval: ApprovalConfig['type'];
  /** What people said of it. */
  readonly approvals: readonly Omit<Approval, 'stageId'>[];
  /** Since when a run waits to enter it, or waited. */
  readonly readyAt: number | null;
  /** When somebody cancelled it while it ran. */
  readonly cancelAt: number | null;
  /** When its approval expires, while it waits for one. */
  readonly expiresAt: number | null;
  /** Before this it is not entered. */
  readonly notBefore: number | null;
  /** Whether its turn passes it by, because a pinned revision is republished or withdrawn. */
  readonly held: boolean;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly jobs: readonly JobView[];
}

/** A job of a stage. */
export interface JobView {
  readonly name: string;
  readonly status: Status;
  readonly exitCode: number | null;
  readonly message: string | null;
  /** Where people see what is done for it on another server. */
  readonly link: string | null;
}

/** The runs of a pipeline, newest first; `next` is a counter. */
export async function listRuns(
  tx: Tx,
  pipeline: string,
  { after, limit }: PageRequest,
): Promise<Page<RunView>> {
  let query = selectRuns(tx).where('pipeline.name', '=', pipeline);
  if (after !== undefined) query = query.where('run.counter', '<', after);
  const rows = await query
    .orderBy('run.counter', 'desc')
    .limit(limit + 1)
    .execute();
  const { items, next } = cutPage(rows, limit, ({ counter }) => counter);
  return { items: await completeRuns(tx, items), next };
}

/** Some runs of a pipeline, by counter; those that there are. */
export async function readRunsOf(
  tx: Tx,
  pipeline: string,
  counters: readonly number[],
): Promise<ReadonlyMap<number, RunView>> {
  if (counters.length === 0) return new Map();
  const rows = await selectRuns(tx)
    .where('pipeline.name', '=', pipeline)
    .where('run.counter', 'in', counters)
    .execute();
  return new Map((await completeRuns(tx, rows)).map((run) => [run.counter, run]));
}

/** One run; undefined where there is none, or none any more. */
export async function readRun(tx: Tx, pipeline: string, counter: number): Promise<RunView | undefined> {
  return (await readRunsOf(tx, pipeline, [counter])).get(counter);
}

function selectRuns(tx: Tx) {
  return tx.db
    .selectFrom('run')
    .innerJoin('pipeline', 'pipeline.id', 'run.pipeline_id')
    .select(['run.id', 'pipeline.name as pipeline', 'run.counter', 'run.label', 'run.cause', 'run.status'])
    .select(['run.started_by as startedBy', 'run.person'])
    .select(['run.created_at as createdAt', 'run.finished_at as finishedAt']);
}

type RunRow = Awaited<ReturnType<ReturnType<typeof selectRuns>['execute']>>[number];

async function completeRuns(tx: Tx, rows: readonly RunRow[]): Promise<readonly RunView[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const pins = await readPins(tx, ids);
  const stages = await readStages(tx, ids);
  const alarms = await readAlarmsOfRuns(tx, ids);
  return rows.map(({ id, cause, ...run }) => ({
    ...run,
    ...readCause(cause),
    materials: (pins.get(id) ?? []).map(viewPin),
    alarms: alarms.get(id) ?? [],
    stages: stages.get(id) ?? [],
  }));
}

/** What started a run, as it is stored, and the same in words. */
export function readCause(cause: string): Pick<RunView, 'because' | 'cause'> {
  const because: SomeReason = JSON.parse(cause);
  return { because, cause: say(because) };
}

function viewPin(pin: Pin): MaterialView {
  if ('pipeline' in pin) {
    const { pipeline, run, changed } = pin;
    return { pipeline, counter: run.counter, label: run.label, stage: run.stage, changed };
  }
  const { version, digest, location } = pin.revision;
  return {
    package: nameMaterial(pin),
    version,
    digest: digest === '' ? null : digest,
    location,
    changed: pin.changed,
  };
}

async function readStages(
  tx: Tx,
  runIds: readonly number[],
): Promise<ReadonlyMap<number, readonly StageView[]>> {
  const rows = await tx.db
    .selectFrom('stage')
    .select(['id', 'run_id', 'name', 'counter', 'status', 'approval', 'held_at', 'started_at', 'finished_at'])
    .select(['expires_at', 'not_before', 'ready_at', 'cancel_at'])
    .where('run_id', 'in', runIds)
    .orderBy('position')
    .orderBy('counter')
    .execute();
  const ids = rows.map(({ id }) => id);
  const jobs = await readJobs(tx, ids);
  const approvals = Map.groupBy(await readApprovals(tx, ids), ({ stageId }) => stageId);
  const byRun = Map.groupBy(rows, (row) => row.run_id);
  const view = (row: (typeof rows)[number]): StageView => ({
    name: row.name,
    counter: row.counter,
    status: row.status,
    held: row.held_at !== null,
    approval: (JSON.parse(row.approval) as ApprovalConfig).type,
    approvals: (approvals.get(row.id) ?? []).map(({ stageId: _, ...approval }) => approval),
    readyAt: row.ready_at,
    cancelAt: row.cancel_at,
    expiresAt: row.expires_at,
    notBefore: row.not_before,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    jobs: (jobs.get(row.id) ?? []).map(({ stageId: _, ...job }) => job),
  });
  return new Map([...byRun].map(([id, ofRun]) => [id, ofRun.map(view)]));
}

async function readJobs(tx: Tx, stageIds: readonly number[]) {
  const rows = await tx.db
    .selectFrom('job')
    .select(['stage_id as stageId', 'name', 'status', 'exit_code as exitCode', 'message', 'link'])
    .where('stage_id', 'in', [...stageIds, 0])
    .orderBy('id')
    .execute();
  return Map.groupBy(rows, ({ stageId }) => stageId);
}
