import { get, type RunRow, type StageRow } from '../tables.ts';
import { definitionOf, type Moment, nameRun, nameStage } from './moment.ts';

/** What is always so, whatever happened. */
export function checkStanding(moment: Moment): readonly string[] {
  const { tables } = moment;
  const latest = Map.groupBy(
    tables.stages.filter((stage) => stage.latest),
    ({ runId }) => runId,
  );
  return [
    ...tables.runs.flatMap((run) => checkFold(moment, run, latest.get(run.id) ?? [])),
    ...checkTurns(moment),
    ...checkJobs(moment),
    ...checkLocks(moment),
    ...checkAttempts(moment),
  ];
}

function checkFold(moment: Moment, run: RunRow, stages: readonly StageRow[]): readonly string[] {
  const expected = fold(stages);
  return run.status === expected ? [] : [`${nameRun(moment, run)} is ${run.status}, not ${expected}`];
}

function fold(stages: readonly StageRow[]): RunRow['status'] {
  const statuses = stages.map(({ status }) => status);
  if (statuses.includes('running')) return 'running';
  if (statuses.includes('waiting')) return 'waiting';
  if (stages.some(({ status, readyAt }) => status === 'pending' && readyAt !== null))
    return statuses.every((status) => status === 'pending') ? 'pending' : 'running';
  if (statuses.includes('failed')) return 'failed';
  return statuses.every((status) => status === 'passed') ? 'passed' : 'cancelled';
}

/** One run at a time in each stage of a pipeline. */
function checkTurns(moment: Moment): readonly string[] {
  const running = moment.tables.stages.filter(({ status }) => status === 'running');
  return [...Map.groupBy(running, ({ pipelineId, name }) => `${pipelineId} ${name}`).values()]
    .filter(({ length }) => length > 1)
    .map((some) => `${some.map((stage) => nameStage(moment, stage)).join(' and ')} run at once`);
}

/** A stage is what its jobs are. */
function checkJobs(moment: Moment): readonly string[] {
  const { tables } = moment;
  const jobs = Map.groupBy(tables.jobs, ({ stageId }) => stageId);
  return tables.stages.flatMap((stage) => {
    const statuses = (jobs.get(stage.id) ?? []).map(({ status }) => status);
    const isOver = statuses.every((one) => one === 'passed' || one === 'failed' || one === 'cancelled');
    const isRight = {
      pending: statuses.every((one) => one === 'pending' || one === 'passed'),
      waiting: statuses.every((one) => one === 'pending' || one === 'passed'),
      running: !isOver,
      passed: statuses.every((one) => one === 'passed'),
      failed: isOver && statuses.includes('failed'),
      cancelled: isOver,
    }[stage.status];
    return isRight ? [] : [`${nameStage(moment, stage)} is ${stage.status}, its jobs ${statuses}`];
  });
}

/** Who holds a lock is under way, or failed in a pipeline that says so. */
function checkLocks(moment: Moment): readonly string[] {
  const { tables, happening } = moment;
  return tables.pipelines.flatMap(({ id, lockedBy, name }) => {
    const lock = definitionOf(moment, id)?.lock ?? 'none';
    if (lockedBy === null || lock === 'none' || happening.kind === 'configured') return [];
    const { status } = get(tables.runs, lockedBy);
    const mayHold = status === 'running' || status === 'waiting' || status === 'pending';
    const isKept = lock === 'onFailure' && status === 'failed';
    return mayHold || isKept ? [] : [`the lock of ${name} is held by a run that is ${status}`];
  });
}

/** Each job is in one attempt at a time, and only while its stage runs. */
function checkAttempts(moment: Moment): readonly string[] {
  const { tables } = moment;
  const open = Map.groupBy(
    tables.attempts.filter(({ state }) => state !== 'done'),
    ({ jobId }) => jobId,
  );
  return [...open].flatMap(([jobId, some]) => {
    const stage = get(tables.stages, get(tables.jobs, jobId).stageId);
    const isRight = some.length === 1 && stage.status === 'running';
    return isRight
      ? []
      : [`${nameStage(moment, stage)} is ${stage.status} with ${some.length} attempts at a job`];
  });
}
