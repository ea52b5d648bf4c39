import type { Config } from '../../../../src/config/config.ts';
import { get, type RunRow, type StageRow, type Tables } from '../tables.ts';
import { walkBehind } from './behind.ts';
import { type Difference, definitionOf, type Memory, type Moment, nameStage, type Put } from './moment.ts';

/** One run at a time is in at a level, and what has passed there is there (rules 12 and 13). */
export function checkPlaces(moment: Moment, difference: Difference, memory: Memory): readonly string[] {
  return [
    ...checkOneAtATime(moment, difference, memory),
    ...checkFrozen(moment, difference),
    ...checkPassed(moment, difference),
    ...checkStays(moment),
    ...checkWaiting(moment),
  ];
}

function listPut(moment: Moment, stage: StageRow): Put | undefined {
  const { config, tables } = moment;
  const definition = definitionOf(moment, stage.pipelineId);
  const found = definition?.stages.find(({ name }) => name === stage.name);
  const level = found?.level ?? (config.levels.includes(stage.name) ? stage.name : undefined);
  if (!definition || !found || level === undefined || config.levels.length === 0) return undefined;
  const own = definition.materials.flatMap((one) =>
    'package' in one ? `${one.repository}/${one.package}` : [],
  );
  const listed = found.deploys ?? (own.length > 0 ? own : listUpstream(config, definition.name));
  const revisions = new Map<number, number>();
  for (const id of walkBehind(tables, get(tables.runs, stage.runId)).revisions) {
    const { packageId } = get(tables.revisions, id);
    if (listed.includes(get(tables.packages, packageId).name)) revisions.set(packageId, id);
  }
  return { level, revisions };
}

/** All packages that stand behind a pipeline by the configuration. */
function listUpstream(config: Config, pipeline: string): readonly string[] {
  const materials = config.pipelines.get(pipeline)?.materials ?? [];
  return materials.flatMap((one) =>
    'package' in one ? `${one.repository}/${one.package}` : listUpstream(config, one.pipeline),
  );
}

/** Whoever begins finds no other run in that began there, under the same configuration. */
function checkOneAtATime(moment: Moment, { stages }: Difference, { entered }: Memory): readonly string[] {
  const { tables, isInForce, happening } = moment;
  if (happening.kind === 'configured') entered.clear();
  const running = tables.stages.filter(({ status }) => status === 'running');
  const begun = stages.filter(({ status }) => status === 'running' && isInForce);
  for (const stage of begun) entered.set(stage.id, listPut(moment, stage));
  return begun.flatMap((stage) => {
    const put = entered.get(stage.id);
    const other = running.find((one) => one.runId !== stage.runId && put && meets(put, entered.get(one.id)));
    return other ? [`${nameStage(moment, stage)} began where ${nameStage(moment, other)} is in`] : [];
  });
}

/** Nothing enters what is frozen, for the package or for all. */
function checkFrozen(moment: Moment, { stages }: Difference): readonly string[] {
  const { levels, freezes } = moment.tables;
  return stages
    .filter(({ status }) => status === 'running')
    .flatMap((stage) => {
      const put = listPut(moment, stage);
      const isFrozen = freezes.some(
        ({ levelId, packageId, until }) =>
          put !== undefined &&
          levels.find(({ id }) => id === levelId)?.name === put.level &&
          (until === null || until > moment.now) &&
          (packageId === null ? put.revisions.size > 0 : put.revisions.has(packageId)),
      );
      return isFrozen ? [`${nameStage(moment, stage)} began, and ${put?.level} is frozen`] : [];
    });
}

function meets(one: Put, other: Put | undefined): boolean {
  return other?.level === one.level && [...other.revisions.keys()].some((id) => one.revisions.has(id));
}

/** When the last stage of a run at a level passes, what it has is live there. */
function checkPassed(moment: Moment, { stages }: Difference): readonly string[] {
  const { tables, isInForce } = moment;
  // A node with another configuration does not know what stands where.
  if (!isInForce) return [];
  return stages
    .filter(({ status, startedAt }) => status === 'passed' && startedAt !== null)
    .flatMap((stage) => {
      const put = listPut(moment, stage);
      const later = tables.stages
        .filter((one) => one.latest && one.runId === stage.runId && one.position > stage.position)
        .map((one) => listPut(moment, one));
      return [...(put?.revisions ?? [])].flatMap(([packageId, revisionId]) => {
        if (later.some((one) => one?.level === put?.level && one?.revisions.has(packageId))) return [];
        const place = findPlace(tables, put?.level, packageId);
        const live = place?.live === null || !place ? undefined : get(tables.stays, place.live);
        const wasIn = live?.revisionId === revisionId || !isBegunThere(tables, stage, put?.level);
        return wasIn ? [] : [`${nameStage(moment, stage)} passed, and what it has is not live`];
      });
    });
}

function findPlace({ levels, places }: Tables, level: string | undefined, packageId: number) {
  const id = levels.find(({ name }) => name === level)?.id;
  return places.find((one) => one.levelId === id && one.packageId === packageId);
}

/** Whether a stage of the run was at the level when it began; the configuration may have changed since. */
function isBegunThere(
  { levels, stays, runs, pipelines }: Tables,
  stage: StageRow,
  level: string | undefined,
) {
  const { counter, pipelineId }: RunRow = get(runs, stage.runId);
  const { name } = get(pipelines, pipelineId);
  const id = levels.find((one) => one.name === level)?.id;
  const last = stays.findLast(
    (one) => one.levelId === id && one.by?.pipeline === name && one.by.counter === counter,
  );
  return last?.state === 'deploying';
}

/** What is live has passed; what is on its way is of a run that goes on. */
function checkStays({ tables }: Moment): readonly string[] {
  return tables.places.flatMap(({ state, runId, live, entering }) => {
    const faults: string[] = [];
    if ((state === 'deploying') !== (runId !== null)) faults.push(`a place is ${state} by run ${runId}`);
    const status = runId === null ? undefined : get(tables.runs, runId).status;
    if (status === 'passed' || status === 'failed' || status === 'cancelled')
      faults.push(`a place is ${state} by a run that is ${status}`);
    if (state === 'live' && (live === null || entering !== null))
      faults.push('nothing is live, and said to be');
    const stay = live === null ? undefined : get(tables.stays, live);
    if (stay && (stay.state !== 'live' || stay.isOver)) faults.push(`what is live is ${stay.state}`);
    if (stay?.by && !hasPassed(tables, stay.by))
      faults.push(`run ${stay.by.counter} is live, and has never passed`);
    return faults;
  });
}

function hasPassed(
  { pipelines, runs, stages }: Tables,
  { pipeline, counter }: { readonly pipeline: string; readonly counter: number },
): boolean {
  const id = pipelines.find(({ name }) => name === pipeline)?.id;
  const run = runs.find((one) => one.pipelineId === id && one.counter === counter);
  return stages.some(({ runId, status }) => runId === run?.id && status === 'passed');
}

/** Nobody waits for a level at which nobody is. */
function checkWaiting(moment: Moment): readonly string[] {
  const { tables, now } = moment;
  const running = tables.stages.filter(({ status }) => status === 'running');
  return tables.stages
    .filter(({ status, waits, heldAt }) => status === 'pending' && waits === 'level-busy' && heldAt === null)
    .filter(({ pipelineId, name }) => {
      if (running.some((one) => one.pipelineId === pipelineId && one.name === name)) return false;
      const { lookAt } = get(tables.pipelines, pipelineId);
      return lookAt === null || lookAt > now;
    })
    .flatMap((stage) => {
      const put = listPut(moment, stage);
      const isIn = [...(put?.revisions.keys() ?? [])].some((packageId) => {
        const runId = findPlace(tables, put?.level, packageId)?.runId ?? null;
        return runId !== null && runId !== stage.runId;
      });
      return isIn ? [] : [`${nameStage(moment, stage)} waits for a level that is free`];
    });
}
