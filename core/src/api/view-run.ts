import type { Alarm } from '../store/alarms.ts';
import type { Approval } from '../store/approvals.ts';
import { type RunView, readRun, type StageView } from '../store/run-views.ts';
import { ApiError } from './api-error.ts';
import { toIso } from './paging.ts';
import type { ApiSurroundings } from './surroundings.ts';

/** A run by its pipeline and counter. */
export interface OfRun {
  readonly pipeline: string;
  readonly counter: number;
}

/** One run as the API shows it. Throws NOT_FOUND where there is none, or none any more. */
export async function readRunDocument(
  { store }: Pick<ApiSurroundings, 'store'>,
  { pipeline, counter }: OfRun,
): Promise<Readonly<Record<string, unknown>>> {
  const run = await store.read((tx) => readRun(tx, pipeline, counter));
  if (!run) throw unknownRun({ pipeline, counter });
  return viewRun(run);
}

/** The answer for a run that does not exist. */
export function unknownRun({ pipeline, counter }: OfRun): ApiError {
  return new ApiError('NOT_FOUND', `There is no run ${counter} of ${pipeline}, or none any more`);
}

/** A run as lists show it. */
export function viewRun({
  createdAt,
  finishedAt,
  stages,
  alarms,
  ...run
}: RunView): Readonly<Record<string, unknown>> {
  return {
    ...run,
    createdAt: toIso(createdAt),
    finishedAt: toIso(finishedAt),
    alarms: alarms.map(viewAlarm),
    stages: stages.map(viewStage),
  };
}

/** Somebody's word as the API shows it. */
export function viewApproval({
  person,
  name,
  verdict,
  comment,
  at,
}: Omit<Approval, 'stageId'>): Readonly<Record<string, unknown>> {
  return { person, name, verdict, comment, at: toIso(at) };
}

/** An alarm as the API shows it. */
export function viewAlarm({ kind, package: name, version }: Alarm): Readonly<Record<string, unknown>> {
  return { kind, package: name, version };
}

function viewStage({
  approvals,
  readyAt,
  cancelAt,
  expiresAt,
  notBefore,
  startedAt,
  finishedAt,
  ...stage
}: StageView): Readonly<Record<string, unknown>> {
  return {
    ...stage,
    approvals: approvals.map(viewApproval),
    readyAt: toIso(readyAt),
    cancelAt: toIso(cancelAt),
    expiresAt: toIso(expiresAt),
    notBefore: toIso(notBefore),
    startedAt: toIso(startedAt),
    finishedAt: toIso(finishedAt),
  };
}
