import type { PipelineConfig } from '../../../src/config/config.ts';
import type { Status } from '../../../src/domain/status.ts';
import { everyTenMinutes } from './setting.ts';
import type { MachineState, PipelineState, RunState, StageState } from './state.ts';

/** Finds what must never be, in words. */
export function findBroken(setting: readonly PipelineConfig[], state: MachineState): readonly string[] {
  return [
    ...state.pipelines.flatMap((pipeline) => {
      const definition = setting.find(({ name }) => name === pipeline.name);
      const runs = state.runs.filter((run) => run.pipeline === pipeline.name);
      return definition ? [...checkPipeline(pipeline, runs), ...checkLock(pipeline, runs, definition)] : [];
    }),
    ...state.runs.flatMap((run) => [
      ...checkRun(run),
      ...run.stages.flatMap((stage) => checkStage(stage, run)),
    ]),
  ];
}

function checkPipeline(pipeline: PipelineState, runs: readonly RunState[]): readonly string[] {
  const running = runs.flatMap(({ stages }) => stages).filter(({ status }) => status === 'running');
  const crowded = [...Map.groupBy(running, ({ name }) => name)].filter(([, stages]) => stages.length > 1);
  const counters = runs.map(({ counter }) => counter);
  return [
    ...crowded.map(([name]) => `two runs are in ${pipeline.name}/${name}`),
    ...(isCounting(counters) && pipeline.counter === counters.length
      ? []
      : [`${pipeline.name} counts ${counters.join(' ')}`]),
  ];
}

function isCounting(counters: readonly number[]): boolean {
  return counters.every((counter, index) => counter === index + 1);
}

const ended: ReadonlySet<Status> = new Set(['passed', 'failed', 'cancelled']);

function checkLock(
  { name, lockedBy }: PipelineState,
  runs: readonly RunState[],
  { lock }: PipelineConfig,
): readonly string[] {
  if (lock === 'none') return lockedBy === null ? [] : [`${name} has no lock, and is locked`];
  const moving = runs.filter(({ stages }) => stages.some(({ status }) => status === 'running'));
  const intruders = moving.filter(({ id }) => id !== lockedBy);
  const holder = runs.find(({ id }) => id === lockedBy);
  const mayBeOver = lock === 'onFailure' ? holder?.status === 'failed' : false;
  return [
    ...intruders.map(
      ({ counter }) => `run ${counter} moves in ${name}, which run ${holder?.counter} has locked`,
    ),
    ...(holder && ended.has(holder.status) && !mayBeOver
      ? [`${name} is locked by run ${holder.counter}, which is over`]
      : []),
  ];
}

function checkRun(run: RunState): readonly string[] {
  const name = `${run.pipeline}/${run.counter}`;
  const wrong: string[] = [];
  for (const [stage, attempts] of Map.groupBy(run.stages, (one) => one.name)) {
    if (!isCounting(attempts.map(({ counter }) => counter)))
      wrong.push(`${name}/${stage} has gaps in its counters`);
    const latest = attempts.filter(({ isLatest }) => isLatest);
    if (latest.length !== 1 || latest[0] !== attempts.at(-1))
      wrong.push(`${name}/${stage} has not one newest attempt`);
  }
  const latest = run.stages.filter(({ isLatest }) => isLatest);
  const status = fold(latest);
  if (status !== run.status) wrong.push(`${name} is ${run.status}, and its stages make it ${status}`);
  const active = latest.filter(
    (stage) => stage.status === 'running' || stage.status === 'waiting' || isReady(stage),
  );
  if (active.length > 1)
    wrong.push(`${name} is in several stages: ${active.map((one) => one.name).join(', ')}`);
  return wrong;
}

function isReady({ status, readyAt }: StageState): boolean {
  return status === 'pending' && readyAt !== null;
}

/**
 * What runs makes it running; who waits, waiting; what is in a queue has begun or not; then failures, then
 * cancellations.
 */
function fold(latest: readonly StageState[]): Status {
  const statuses = latest.map(({ status }) => status);
  if (statuses.includes('running')) return 'running';
  if (statuses.includes('waiting')) return 'waiting';
  if (latest.some(isReady)) return statuses.every((status) => status === 'pending') ? 'pending' : 'running';
  if (statuses.includes('failed')) return 'failed';
  return statuses.every((status) => status === 'passed') ? 'passed' : 'cancelled';
}

function checkStage(stage: StageState, run: RunState): readonly string[] {
  const name = `${run.pipeline}/${run.counter}/${stage.name}/${stage.counter}`;
  const wrong: string[] = [];
  const persons = stage.words.map(({ person }) => person);
  if (new Set(persons).size !== persons.length) wrong.push(`${name} counts somebody twice`);
  if (stage.startedAt !== null && stage.words.some(({ verdict }) => verdict === 'rejected'))
    wrong.push(`${name} was rejected, and entered`);
  const isOpen = (status: Status) => status === 'pending' || status === 'running';
  if (stage.status === 'running') {
    if (!stage.jobs.some(({ status }) => isOpen(status)))
      wrong.push(`${name} runs, and nothing is to be done in it`);
    if (stage.jobs.some(({ status, openAttempts }) => isOpen(status) && openAttempts !== 1))
      wrong.push(`${name} has a job that nobody will do`);
  }
  if (ended.has(stage.status)) {
    if (stage.jobs.some(({ status }) => isOpen(status)))
      wrong.push(`${name} is over, and a job of it is not`);
    if (stage.jobs.some(({ openAttempts }) => openAttempts > 0))
      wrong.push(`${name} is over, and an attempt of it is not`);
  }
  if (stage.status === 'passed' && stage.jobs.some(({ status }) => status !== 'passed'))
    wrong.push(`${name} passed without a job`);
  return wrong;
}

/**
 * Finds stages that were entered between two states without enough approvals of those whom the setting of
 * that moment names.
 */
export function findUnlawful(
  setting: readonly PipelineConfig[],
  before: MachineState,
  after: MachineState,
  isNamed: (person: string, by: readonly string[]) => boolean,
): readonly string[] {
  const stagesOf = ({ runs }: MachineState) => runs.flatMap(({ stages }) => stages);
  const entered = new Set(stagesOf(before).flatMap(({ id, startedAt }) => (startedAt === null ? [] : [id])));
  return after.runs.flatMap((run) =>
    run.stages.flatMap(({ id, name, startedAt, words }) => {
      if (startedAt === null || entered.has(id)) return [];
      const definition = setting.find((pipeline) => pipeline.name === run.pipeline);
      const approval = definition?.stages.find((stage) => stage.name === name)?.approval;
      if (!approval) return [`${run.pipeline}/${run.counter} entered ${name}, which there is not`];
      if (approval.type === 'auto') return [];
      const given = words.filter(
        ({ person, verdict }) =>
          verdict === 'approved' &&
          isNamed(person, approval.by) &&
          !(approval.notSelf && person === run.person),
      );
      return given.length >= approval.required
        ? []
        : [`${run.pipeline}/${run.counter} entered ${name} without enough approvals`];
    }),
  );
}

/** Finds what should have happened by now, right after somebody looked at everything. */
export function findIdle(
  setting: readonly PipelineConfig[],
  { pipelines, runs }: MachineState,
  now: number,
): readonly string[] {
  return pipelines.flatMap((pipeline) => {
    const stages = runs.filter((run) => run.pipeline === pipeline.name).flatMap((run) => run.stages);
    const lock = setting.find(({ name }) => name === pipeline.name)?.lock ?? 'none';
    const isFree = (name: string) =>
      !stages.some((stage) => stage.name === name && stage.status === 'running');
    const mayMove = ({ run }: StageState) =>
      lock === 'none' || pipeline.lockedBy === null || pipeline.lockedBy === run;
    const idle = stages
      .filter(isReady)
      .filter((stage) => isFree(stage.name) && mayMove(stage) && isOpenNow(stage, pipeline, now));
    const overdue = stages.filter(
      ({ status, expiresAt }) => status === 'waiting' && expiresAt !== null && expiresAt <= now,
    );
    const moments = stages.flatMap((stage) => findMoment(stage, pipeline, now) ?? []);
    const sleeps = moments.filter((at) => pipeline.lookAt === null || pipeline.lookAt > at);
    return [
      ...idle.map((stage) => `nothing keeps run ${stage.run} out of ${pipeline.name}/${stage.name}`),
      ...overdue.map((stage) => `${pipeline.name}/${stage.name} of run ${stage.run} has expired`),
      ...sleeps.map((at) => `${pipeline.name} must be looked at by ${at}, and will be at ${pipeline.lookAt}`),
    ];
  });
}

function isOpenNow(stage: StageState, pipeline: PipelineState, now: number): boolean {
  const { approval, notBefore } = stage;
  if (isKeptByPause(stage, pipeline)) return false;
  if (notBefore !== null && notBefore > now) return false;
  return (
    !approval.window ||
    everyTenMinutes.findLast('', { since: now - approval.window.forMs + 1, now }) !== undefined
  );
}

/** People who approve are let through; what somebody has done again is not. */
function isKeptByPause({ approval, approvedAt }: StageState, { isPaused }: PipelineState): boolean {
  return isPaused && (approval.type === 'auto' || approvedAt === null);
}

/** When time alone will change something. */
function findMoment(stage: StageState, pipeline: PipelineState, now: number): number | undefined {
  if (stage.status === 'waiting') return stage.expiresAt ?? undefined;
  if (!isReady(stage) || isKeptByPause(stage, pipeline)) return undefined;
  if (stage.notBefore !== null && stage.notBefore > now) return stage.notBefore;
  return isOpenNow(stage, pipeline, now) ? undefined : everyTenMinutes.findNext('', now);
}
