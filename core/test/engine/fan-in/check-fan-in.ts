import type { PipelineConfig } from '../../../src/config/config.ts';
import { agrees, findAncestry, findFloor, findNewestSet, isLowerThan, nameOf } from './oracle.ts';
import type { Element, Snapshot, SnapshotRun } from './snapshot.ts';

/** Finds what is wrong with what was started, some of it since `before`, and with what was not; in words. */
export function findFaults(
  pipelines: readonly PipelineConfig[],
  snapshot: Snapshot,
  before: Snapshot,
): readonly string[] {
  const started = [...snapshot.runs.values()].filter(({ id }) => !before.runs.has(id));
  return [
    ...[...snapshot.runs.values()].flatMap((run) => findFaultsOfRun(run, snapshot)),
    ...started.flatMap((run) => findUnpassed(run, snapshot)),
    ...pipelines.flatMap((pipeline) => [
      ...findRepeats(pipeline, snapshot),
      ...findLowered(pipeline, snapshot),
    ]),
    ...findForgotten(pipelines, snapshot),
    ...pipelines.flatMap((pipeline) => findUnstarted(pipeline, snapshot)),
  ];
}

function findFaultsOfRun(run: SnapshotRun, snapshot: Snapshot): readonly string[] {
  const name = `${run.pipeline}/${run.counter}`;
  const ancestry = findAncestry(run.materials, snapshot);
  if (!agrees(ancestry))
    return [`${name} mixes: ${describe(ancestry.packages)} ${describe(ancestry.pipelines)}`];
  const [packages, pipelines] = [describe(ancestry.packages), describe(ancestry.pipelines)];
  const recorded = [describe(toSets(run.recordedPackages)), describe(toSets(run.recordedPipelines))];
  return packages === recorded[0] && pipelines === recorded[1]
    ? []
    : [`${name} has ${packages} ${pipelines} behind it, and ${recorded.join(' ')} was recorded`];
}

/** What a run was started with whose stage's newest attempt is not passed. */
function findUnpassed(
  { pipeline, counter, materials }: SnapshotRun,
  { runs, passed }: Snapshot,
): readonly string[] {
  return materials.flatMap((element) => {
    if ('revision' in element || passed.get(element.pipeline)?.includes(element.run)) return [];
    return [
      `${pipeline}/${counter} uses ${element.pipeline}/${runs.get(element.run)?.counter}, which has not passed`,
    ];
  });
}

function toSets(values: ReadonlyMap<string, number>): ReadonlyMap<string, ReadonlySet<number>> {
  return new Map([...values].map(([name, value]) => [name, new Set([value])]));
}

function describe(values: ReadonlyMap<string, ReadonlySet<number>>): string {
  return [...values]
    .map(([name, ids]) => `${name}=${[...ids].join('|')}`)
    .sort()
    .join(' ');
}

function describeSet(set: readonly Element[], { runs }: Pick<Snapshot, 'runs'>): string {
  const describeOne = (element: Element) =>
    'revision' in element
      ? `${nameOf(element)} ${element.revision}`
      : `${element.pipeline}/${runs.get(element.run)?.counter}`;
  return set.map(describeOne).join(', ');
}

/** What every run was started with, for whoever reads a story that went wrong. */
export function describeRuns(snapshot: Snapshot): readonly string[] {
  return [...snapshot.runs.values()].map(
    ({ pipeline, counter, startedBy, materials }) =>
      `${pipeline}/${counter} by ${startedBy}: ${describeSet(materials, snapshot)}`,
  );
}

const isAutomatic = ({ startedBy }: SnapshotRun) => startedBy === 'latest' || startedBy === 'every';

function listAutomatic({ name }: PipelineConfig, { runs }: Snapshot): readonly SnapshotRun[] {
  return [...runs.values()].filter((run) => run.pipeline === name && isAutomatic(run));
}

/** Only a revision of `every` has a run of its own whatever it is started with. */
function findRepeats(pipeline: PipelineConfig, snapshot: Snapshot): readonly string[] {
  if (pipeline.materials.some((material) => 'package' in material && material.trigger === 'every')) return [];
  const sets = listAutomatic(pipeline, snapshot).map(({ materials }) => describeSet(materials, snapshot));
  return sets
    .filter((set, index) => sets.indexOf(set) !== index)
    .map((set) => `${pipeline.name} started twice: ${set}`);
}

const isAllLatest = ({ materials }: PipelineConfig) => materials.every(({ trigger }) => trigger === 'latest');

function findLowered(pipeline: PipelineConfig, snapshot: Snapshot): readonly string[] {
  if (pipeline.materials.some(({ trigger }) => trigger === 'every')) return [];
  const runs = listAutomatic(pipeline, snapshot);
  return runs.slice(1).flatMap((run, index) => {
    const isLower = isLowerThan(run.materials, runs[index], snapshot);
    return isLower
      ? [`${run.pipeline}/${run.counter} is lower or older than ${run.pipeline}/${runs[index]?.counter}`]
      : [];
  });
}

/** Wishes that wait although there is a set for them. */
function findForgotten(pipelines: readonly PipelineConfig[], snapshot: Snapshot): readonly string[] {
  return snapshot.waiting.flatMap(({ pipeline: name, mode, element }) => {
    const materials = pipelines.find((pipeline) => pipeline.name === name)?.materials ?? [];
    if (snapshot.busy.has(name)) return [];
    const floor = mode === 'latest' ? findFloor(name, snapshot) : undefined;
    const set = findNewestSet({ materials, anchors: [element], floor }, snapshot);
    return set
      ? [
          `${name} left ${describeSet([element], snapshot)} waiting, though it could start with ${describeSet(set, snapshot)}`,
        ]
      : [];
  });
}

/** The newest set that there is, not started though everything starts the pipeline. */
function findUnstarted(pipeline: PipelineConfig, snapshot: Snapshot): readonly string[] {
  if (!isAllLatest(pipeline) || snapshot.busy.has(pipeline.name)) return [];
  const { name, materials } = pipeline;
  const set = findNewestSet({ materials, anchors: [], floor: findFloor(name, snapshot) }, snapshot);
  if (!set) return [];
  const started = listAutomatic(pipeline, snapshot).some(
    (run) => describeSet(run.materials, snapshot) === describeSet(set, snapshot),
  );
  return started ? [] : [`${name} did not start the newest set that there is: ${describeSet(set, snapshot)}`];
}
