import type { PackageNews } from '../../../../src/engine/starts/publications.ts';
import { get, type TriggerRow } from '../tables.ts';
import { type Difference, definitionOf, type Moment, nameStage } from './moment.ts';

/** No version and no pass is missed, and none wished for twice (rules 1, 2, 3 and 7). */
export function checkNews(moment: Moment, difference: Difference): readonly string[] {
  const { happening } = moment;
  const news = happening.kind === 'published' ? happening.news : [];
  return [
    ...news.flatMap((one) => checkPackage(moment, difference, one)),
    ...checkPasses(moment, difference),
    ...checkTwice(moment, difference),
    ...checkEnded(difference),
    ...checkStorm(moment, difference),
  ];
}

function checkPackage(
  { tables, now }: Moment,
  { triggers, decisions }: Difference,
  { packageId, fresh, newest, move, moved, changed }: PackageNews,
): readonly string[] {
  const named = newest === undefined ? [] : [newest.version];
  const told = move > 0 ? (moved ? named : []) : fresh.map(({ version }) => version);
  const wanted = [...told, ...changed.map(({ version }) => version)];
  const listening = tables.listeners.filter(
    (row) => row.active && row.packageId === packageId && row.since !== null && row.since !== now,
  );
  return listening.flatMap(({ pipelineId }) =>
    wanted.flatMap((version) => {
      const isWished = triggers.some(
        (row) => row.pipelineId === pipelineId && 'version' in row.of && row.of.version === version,
      );
      const isDecided = decisions.some(
        (one) => one.pipelineId === pipelineId && one.packageId === packageId && one.version === version,
      );
      const { name } = get(tables.pipelines, pipelineId);
      const isKnown = isHad(tables.triggers, pipelineId, packageId, version);
      return isWished || isDecided || isKnown ? [] : [`${version} was missed in ${name}`];
    }),
  );
}

/** One that was wished for before, under the same move, is not wished for again. */
function isHad(rows: readonly TriggerRow[], pipelineId: number, packageId: number, version: string): boolean {
  return rows.some(
    ({ pipelineId: id, of }) =>
      id === pipelineId && 'version' in of && of.packageId === packageId && of.version === version,
  );
}

function checkPasses(moment: Moment, { stages, triggers, decisions }: Difference): readonly string[] {
  const passed = stages.filter(({ status }) => status === 'passed');
  return passed.flatMap((stage) =>
    moment.tables.dependencies
      .filter((one) => one.upstreamId === stage.pipelineId && one.stage === stage.name)
      .flatMap(({ pipelineId, mode }) => {
        const isWished = triggers.some(
          (row) =>
            row.pipelineId === pipelineId &&
            'upstreamStageId' in row.of &&
            row.of.upstreamStageId === stage.id,
        );
        const isDecided = decisions.some(
          (one) => one.pipelineId === pipelineId && one.upstreamRunId === stage.runId,
        );
        const isRight = mode === 'manual' ? isDecided && !isWished : isWished;
        return isRight ? [] : [`the pass of ${nameStage(moment, stage)} was missed`];
      }),
  );
}

function checkTwice(moment: Moment, { triggers }: Difference): readonly string[] {
  const { tables } = moment;
  return triggers.flatMap((row) => {
    const key = keyOf(row);
    const faults =
      tables.triggers.filter((one) => keyOf(one) === key).length > 1
        ? [`it is wished for twice: ${key}`]
        : [];
    if ('move' in row.of && row.of.move !== get(tables.packages, row.of.packageId).moves)
      faults.push(`${key} is of a move that there is not`);
    const mode = modeOf(moment, row);
    if (mode === 'manual' || (mode !== undefined && mode !== row.mode))
      faults.push(`${key} is of ${row.mode}, and the pipeline listens by ${mode}`);
    return faults;
  });
}

function keyOf({ pipelineId, of }: TriggerRow): string {
  return 'version' in of
    ? `${pipelineId} ${of.packageId} ${of.version} ${of.digest} ${of.move}`
    : `${pipelineId} ${of.upstreamStageId}`;
}

function modeOf(moment: Moment, { pipelineId, of }: TriggerRow): string | undefined {
  if (!('version' in of)) return undefined;
  const { name } = get(moment.tables.packages, of.packageId);
  return definitionOf(moment, pipelineId)?.materials.find(
    (one) => 'package' in one && `${one.repository}/${one.package}` === name,
  )?.trigger;
}

/** Each trigger that starts nothing has a decision that says why, and each that is done a run. */
function checkEnded({ settled, decisions, triggers }: Difference): readonly string[] {
  return settled.flatMap((row) => {
    const key = keyOf(row);
    if (row.state === 'started' && row.runId === null) return [`${key} has started nothing`];
    const isToSay =
      row.state === 'superseded' ||
      row.state === 'held' ||
      (row.state === 'dropped' && !triggers.includes(row));
    const isSaid = decisions.some(
      ({ pipelineId, version, upstreamRunId }) =>
        pipelineId === row.pipelineId &&
        ('version' in row.of ? version === row.of.version : upstreamRunId === row.of.upstreamRunId),
    );
    return isToSay && !isSaid ? [`${key} became ${row.state}, and nobody says why`] : [];
  });
}

/** One poll starts at most `maxNewRuns` runs of a pipeline by itself. */
function checkStorm(moment: Moment, { triggers }: Difference): readonly string[] {
  const free = triggers.filter(({ of, state }) => 'poll' in of && state !== 'held' && state !== 'dropped');
  return [...Map.groupBy(free, ({ pipelineId }) => pipelineId)].flatMap(([id, some]) => {
    const every = some.filter(({ mode }) => mode === 'every').length;
    const most = definitionOf(moment, id)?.maxNewRuns ?? 0;
    const runs = every + (every < some.length ? 1 : 0);
    return runs > most ? [`one poll may start ${runs} runs, and ${most} are allowed`] : [];
  });
}
