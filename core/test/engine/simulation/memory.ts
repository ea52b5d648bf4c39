import type { Config } from '../../../src/config/config.ts';
import { type Deployment, listDeployments } from '../../../src/config/deployment.ts';
import { isPipelineMaterial, listPackageMaterials, nameMaterial } from '../../../src/config/materials.ts';
import type { LastAutomatic } from '../../../src/domain/provenance.ts';
import type { WaitingTrigger } from '../../../src/domain/trigger.ts';
import type { Happening, Wish } from '../../../src/engine/happening.ts';
import type { Alarm } from '../../../src/store/alarms.ts';
import type { Lease } from '../../../src/store/leases.ts';
import type { Listener } from '../../../src/store/listeners.ts';
import type {
  LevelSituation,
  MaterialIds,
  PipelineSituation,
  RunSituation,
  Situation,
  StageSituation,
} from '../../../src/store/situations/situation.ts';
import { listBehind } from './answer-memory.ts';
import { get, type PipelineRow, type RunRow, type StageRow, type Tables, type TriggerRow } from './tables.ts';
import { touch } from './touch.ts';

/** What is known of the pipelines that a happening touches; `config` is what it is decided by. */
export function situate(tables: Tables, happening: Happening, config: Config, now: number): Situation {
  const touched = touch(tables, happening, config);
  const ids = new Set(touched.pipelineIds);
  const locked = tables.pipelines.filter(({ id }) => ids.has(id));
  const open = locked.map((row) => ({ row, triggers: listTriggers(tables, row, 'waiting') }));
  const starting = open.filter(
    ({ row, triggers }) =>
      triggers.length > 0 || touched.startable?.has(row.id) || (row.timerAt !== null && row.timerAt <= now),
  );
  const names = starting.map(({ row }) => row.name);
  const chosen = happening.kind === 'asked' ? listChosen(happening.wish) : [];
  const runIds = touched.runIds ?? [];
  const deployments = locked.flatMap(({ name }) => listDeployments(config, name));
  const deploys = (name: string) => listDeployments(config, name).length > 0;
  const toSituation = ({ row, triggers }: (typeof open)[number]): PipelineSituation => ({
    ...row,
    triggers,
    held: listTriggers(tables, row, 'held'),
    runs: listRuns(tables, row, { asked: runIds, deploys: deploys(row.name) }),
    ...(names.includes(row.name) ? readLast(tables, row) : { lastAutomatic: undefined, previousPins: [] }),
  });
  return {
    mayStart: tables.configHash === config.hash,
    hold: tables.hold,
    pipelines: open.map(toSituation),
    levels: listLevels(tables, isOfAllLevels(happening) ? 'all' : { ids, deployments }),
    dependencies:
      runIds.length === 0 ? [] : tables.dependencies.filter(({ upstreamId }) => ids.has(upstreamId)),
    materialIds: findMaterials(tables, { config, names, chosen, deployments }),
    listeners: (touched.packageIds ?? []).flatMap((id) => listListeners(tables, id)),
    kept: new Set((touched.leases ?? []).filter((one) => isKept(tables, one)).map(({ id }) => id)),
  };
}

function isOfAllLevels(happening: Happening): boolean {
  return happening.kind === 'configured' || (happening.kind === 'asked' && 'level' in happening.wish);
}

interface LevelsAsked {
  /** Of the pipelines that are touched. */
  readonly ids: ReadonlySet<number>;
  readonly deployments: readonly Deployment[];
}

/** Those at which stages of pipelines stand, or their runs deploy now. */
function listLevels(
  { levels, places, freezes, stays, runs, pipelines }: Tables,
  wanted: 'all' | LevelsAsked,
): readonly LevelSituation[] {
  const entered = places.filter(
    ({ runId }) => runId !== null && wanted !== 'all' && wanted.ids.has(get(runs, runId).pipelineId),
  );
  const asked = levels.filter(
    ({ id, name }) =>
      wanted === 'all' ||
      wanted.deployments.some(({ level }) => level === name) ||
      entered.some(({ levelId }) => levelId === id),
  );
  return asked.map((level) => ({
    ...level,
    freezes: freezes.filter(({ levelId }) => levelId === level.id).map(({ levelId: _, ...freeze }) => freeze),
    places: places
      .filter(({ levelId }) => levelId === level.id)
      .map(({ levelId: _, runId, ...place }) => {
        const run = runs.find(({ id }) => id === runId);
        const by = stays.find(({ id }) => id === place.entering)?.by;
        if (!run || !by) return { ...place, run: null };
        const { name: pipeline } = get(pipelines, run.pipelineId);
        return { ...place, run: { id: run.id, pipeline, counter: run.counter, stage: by.stage } };
      }),
  }));
}

function listTriggers(
  tables: Tables,
  { id }: PipelineRow,
  state: 'waiting' | 'held',
): readonly WaitingTrigger[] {
  return tables.triggers
    .filter((row) => row.pipelineId === id && row.state === state)
    .map((row) => toWaiting(tables, row));
}

function toWaiting(tables: Tables, { id, mode, waits, of }: TriggerRow): WaitingTrigger {
  if ('revisionId' in of) {
    const { packageId, revisionId, version, move } = of;
    const { rank, state, standing } = get(tables.revisions, revisionId);
    const { name } = get(tables.packages, packageId);
    const facts = { packageId, package: name, revisionId, version, move, rank, state, standing };
    return { id, mode, waits, kind: 'revision', ...facts };
  }
  const { upstreamRunId, upstreamStageId } = of;
  const stage = get(tables.stages, upstreamStageId);
  const run = get(tables.runs, upstreamRunId);
  const { id: upstreamId, name: upstream } = get(tables.pipelines, run.pipelineId);
  const passed = { stage: stage.name, stageId: stage.id, isNewest: stage.latest };
  const facts = { upstreamId, upstream, runId: run.id, counter: run.counter };
  return { id, mode, waits, kind: 'pass', ...facts, ...passed };
}

interface RunsAsked {
  readonly asked: readonly number[];
  /** Whether stages of the pipeline stand at levels. */
  readonly deploys: boolean;
}

function listRuns(tables: Tables, row: PipelineRow, { asked, deploys }: RunsAsked): readonly RunSituation[] {
  const open = tables.stages
    .filter(
      ({ status, readyAt }) =>
        status === 'running' || status === 'waiting' || (status === 'pending' && readyAt !== null),
    )
    .map(({ runId }) => runId);
  const ids = new Set([...open, ...asked, ...(row.lockedBy === null ? [] : [row.lockedBy])]);
  return tables.runs
    .filter((run) => run.pipelineId === row.id && ids.has(run.id))
    .map((run) => toRun(tables, run, { isAsked: asked.includes(run.id), deploys }));
}

function toRun(
  tables: Tables,
  run: RunRow,
  { isAsked, deploys }: { readonly isAsked: boolean; readonly deploys: boolean },
): RunSituation {
  const { id, counter, label, status, startedBy, person, overridden } = run;
  const stages = tables.stages.filter(({ runId, latest }) => latest && runId === id);
  return {
    id,
    counter,
    label,
    status,
    startedBy,
    person,
    overridden,
    stages: stages
      .toSorted((a, b) => a.position - b.position)
      .map((stage) => toStage(tables, stage, isAsked)),
    alarms: listBehind(tables, run).flatMap(({ revisionId }) => listAlarms(tables, revisionId)),
    behind:
      isAsked || deploys
        ? { packages: listBehind(tables, run), pipelines: run.provenance.pipelines }
        : undefined,
  };
}

function toStage(tables: Tables, row: StageRow, isAsked: boolean): StageSituation {
  const { runId: _, pipelineId: __, latest: ___, ...facts } = row;
  const isToCome = row.status === 'waiting' || (row.status === 'pending' && row.readyAt !== null);
  const words = tables.words
    .filter(({ stageId }) => isToCome && stageId === row.id)
    .map(({ person, name, verdict, comment, at }) => ({ person, name, verdict, comment, at }));
  const jobs = tables.jobs
    .filter(({ stageId }) => isAsked && stageId === row.id)
    .map(({ id, status, hasBegun, isKept }) => ({
      id,
      status,
      hasBegun: hasBegun && !isKept,
      isDue: tables.attempts.some(({ jobId, state }) => jobId === id && state === 'due'),
    }));
  return { ...facts, words, jobs };
}

function listAlarms(tables: Tables, revisionId: number): readonly Alarm[] {
  const { packageId, version, state, standing, unacknowledged } = get(tables.revisions, revisionId);
  const kinds: Alarm['kind'][] = [];
  if (state === 'republished' || unacknowledged) kinds.push('republished');
  if (state === 'withdrawn') kinds.push('withdrawn');
  if (standing !== 'ok') kinds.push(standing);
  const { name } = get(tables.packages, packageId);
  return kinds.map((kind) => ({ kind, packageId, package: name, version }));
}

function readLast(
  tables: Tables,
  { id }: PipelineRow,
): Pick<PipelineSituation, 'lastAutomatic' | 'previousPins'> {
  const runs = tables.runs.filter(({ pipelineId }) => pipelineId === id);
  const last = runs.findLast(({ startedBy }) => startedBy === 'latest' || startedBy === 'every');
  return {
    lastAutomatic: last && describeLast(tables, last),
    previousPins: runs.at(-1)?.pins ?? [],
  };
}

function describeLast(tables: Tables, run: RunRow): LastAutomatic {
  const behind = listBehind(tables, run).map((one) => ({
    ...one,
    isFollower: get(tables.packages, one.packageId).pointer !== null,
  }));
  return { counter: run.counter, behind, pipelines: run.provenance.pipelines };
}

function listChosen(wish: Wish): readonly string[] {
  if (wish.what !== 'trigger') return [];
  return Object.values(wish.materials).flatMap((choice) =>
    typeof choice === 'object' ? choice.passed.pipeline : [],
  );
}

interface MaterialsAsked {
  readonly config: Config;
  readonly names: readonly string[];
  readonly chosen: readonly string[];
  readonly deployments: readonly Deployment[];
}

function findMaterials(
  { packages, pipelines }: Tables,
  { config, names, chosen, deployments }: MaterialsAsked,
): MaterialIds {
  const definitions = names.flatMap((name) => config.pipelines.get(name) ?? []);
  const listed = definitions.flatMap(listPackageMaterials).map(nameMaterial);
  const wanted = new Set([...listed, ...deployments.flatMap((one) => one.packages)]);
  const upstream = definitions.flatMap(({ materials }) => materials.filter(isPipelineMaterial));
  const known = new Set([...upstream.map(({ pipeline }) => pipeline), ...chosen]);
  return {
    packages: new Map(packages.flatMap(({ id, name }) => (wanted.has(name) ? [[name, id] as const] : []))),
    pipelines: new Map(
      pipelines.flatMap(({ id, name, active }) => (active && known.has(name) ? [[name, id] as const] : [])),
    ),
  };
}

function listListeners(tables: Tables, packageId: number): readonly Listener[] {
  return tables.listeners
    .filter((row) => row.active && row.packageId === packageId)
    .toSorted((a, b) => a.pipelineId - b.pipelineId)
    .map(({ pipelineId, mode, since }) => ({
      pipelineId,
      packageId,
      mode,
      baseline: since === null,
      triggeredRank: highest(
        tables,
        tables.triggers.flatMap(({ pipelineId: id, of }) =>
          id === pipelineId && 'revisionId' in of && of.packageId === packageId ? of.revisionId : [],
        ),
      ),
      runRank: since === null ? highest(tables, listPinned(tables, pipelineId, packageId)) : -1,
    }));
}

function listPinned({ runs }: Tables, pipelineId: number, packageId: number): readonly number[] {
  return runs
    .filter((run) => run.pipelineId === pipelineId)
    .flatMap(({ pins }) =>
      pins.flatMap((pin) =>
        'revision' in pin && pin.revision.packageId === packageId ? pin.revision.id : [],
      ),
    );
}

function highest({ revisions }: Tables, ids: readonly number[]): number {
  return Math.max(-1, ...ids.map((id) => get(revisions, id).rank));
}

function isKept({ attempts }: Tables, { id, fence }: Lease): boolean {
  return attempts.some((one) => one.id === id && one.owned && one.fence === fence);
}
