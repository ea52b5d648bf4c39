import { get, type PipelineRow, type Tables } from '../tables.ts';
import { definitionOf, type Moment, nameStage } from './moment.ts';

/** Nothing waits for nothing: what waits is said to wait, and what can go on does. */
export function checkIdle(moment: Moment): readonly string[] {
  const { tables, now } = moment;
  const unheard = tables.pipelines.flatMap((row) => checkLooks(moment, row));
  const idle = tables.pipelines
    .filter((row) => row.lookAt === null || row.lookAt > now)
    .flatMap((row) => [...checkStages(moment, row), ...checkTriggers(moment, row)]);
  return [...unheard, ...idle];
}

/** Somebody looks when an approval expires, and when a timer comes. */
function checkLooks({ tables }: Moment, row: PipelineRow): readonly string[] {
  const moments = tables.stages
    .filter(({ pipelineId, status }) => pipelineId === row.id && status === 'waiting')
    .flatMap(({ expiresAt }) => expiresAt ?? []);
  if (row.active && row.timerAt !== null && row.timerWaits === null) moments.push(row.timerAt);
  const missed = moments.some((at) => row.lookAt === null || row.lookAt > at);
  return missed ? [`nobody looks at ${row.name} when time has come`] : [];
}

function checkStages(moment: Moment, { id }: PipelineRow): readonly string[] {
  const stages = moment.tables.stages.filter(({ pipelineId }) => pipelineId === id);
  const running = new Set(stages.filter(({ status }) => status === 'running').map(({ name }) => name));
  return stages
    .filter(({ status, readyAt, waits, heldAt, name }) => {
      const isReady = status === 'pending' && readyAt !== null;
      return isReady && waits === null && heldAt === null && !running.has(name);
    })
    .map((stage) => `${nameStage(moment, stage)} waits for nothing`);
}

function checkTriggers(moment: Moment, row: PipelineRow): readonly string[] {
  const { tables } = moment;
  const waiting = tables.triggers.filter(
    ({ pipelineId, state }) => pipelineId === row.id && state === 'waiting',
  );
  const unsaid = waiting.filter(({ waits, mode }) => waits === null && mode === 'latest');
  const faults = unsaid.map(({ id }) => `trigger ${id} of ${row.name} waits, and nobody says for what`);
  const isFree = waiting.length > 0 && canStart(moment, row);
  const able = waiting.filter(
    ({ of }) => 'revisionId' in of && isSound(tables, of.revisionId, moment.config),
  );
  return isFree && able.length > 0 ? [...faults, `${row.name} could start a run, and does not`] : faults;
}

/** Only where nothing but one package stands before a start. */
function canStart(moment: Moment, row: PipelineRow): boolean {
  const { tables } = moment;
  const definition = definitionOf(moment, row.id);
  if (!definition || tables.hold || row.pausedAt !== null) return false;
  if (definition.materials.length > 1 || definition.materials.some((one) => 'pipeline' in one)) return false;
  if (definition.lock !== 'none' && row.lockedBy !== null) return false;
  const first = definition.stages[0]?.name;
  return !tables.stages.some(
    ({ pipelineId, name, position, status, readyAt, heldAt }) =>
      pipelineId === row.id &&
      (position === 0 || name === first) &&
      (status === 'running' || (status === 'pending' && readyAt !== null && heldAt === null)),
  );
}

function isSound(tables: Tables, revisionId: number, { repositories }: Moment['config']): boolean {
  const { state, standing, packageId } = get(tables.revisions, revisionId);
  const [repository = '', name = ''] = get(tables.packages, packageId).name.split('/');
  const accepted: readonly string[] = repositories.get(repository)?.packages.get(name)?.accept ?? [];
  return state === 'published' && (standing === 'ok' || accepted.includes(standing));
}
