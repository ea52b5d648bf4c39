import { get, type RunRow, type Tables } from '../tables.ts';
import { walkBehind } from './behind.ts';
import { type Difference, definitionOf, type Memory, type Moment, nameRun } from './moment.ts';

const causes = new Set(['published', 'pointer-moved', 'passed', 'together', 'timer-came', 'triggered']);

/** What starts is new, agrees, goes not down, and is decided (rules 2, 3, 9 and 10). */
export function checkStarted(moment: Moment, difference: Difference, memory: Memory): readonly string[] {
  return difference.runs.flatMap((run) =>
    [
      ...describeDecisions(difference, run),
      ...describeAgreement(moment.tables, run),
      ...(run.startedBy === 'person' ? [] : describeAutomatic(moment, run)),
      ...(run.startedBy === 'latest' ? describeFloor(moment.tables, run) : []),
      describeSet(moment.tables, run, memory),
    ].flatMap((fault) => (fault === undefined ? [] : `${nameRun(moment, run)} started, and ${fault}`)),
  );
}

function describeDecisions({ decisions }: Difference, run: RunRow): readonly string[] {
  const started = decisions.filter(
    ({ runId, outcome, reason }) => runId === run.id && outcome === 'started' && causes.has(reason.code),
  );
  const [first] = started;
  if (!first || started.length > 1) return [`${started.length} decisions say so`];
  const pinned = run.pins.map((pin) => ('run' in pin ? pin.run.counter : pin.revision.version));
  const told = Object.values(first.materials);
  return JSON.stringify(told) === JSON.stringify(pinned)
    ? []
    : [`its decision tells of ${told}, not ${pinned}`];
}

/** No package and no pipeline has two values, and every upstream run has passed. */
function describeAgreement(tables: Tables, run: RunRow): readonly string[] {
  const { packages, pipelines } = walkBehind(tables, run);
  const values = [...packages.values(), ...pipelines.values()];
  const faults = values.some(({ size }) => size > 1) ? ['what is behind it does not agree'] : [];
  for (const pin of run.pins) {
    if (!('run' in pin)) continue;
    const stage = tables.stages.find(
      ({ runId, name, latest }) => latest && runId === pin.run.id && name === pin.run.stage,
    );
    if (stage?.status !== 'passed') faults.push(`${pin.pipeline} ${pin.run.counter} has not passed`);
  }
  return faults;
}

/** Nothing starts by itself in a pause or a hold, of what is not as it was or not accepted. */
function describeAutomatic(moment: Moment, run: RunRow): readonly string[] {
  const { tables, config } = moment;
  const { pausedAt, lockedBy } = get(tables.pipelines, run.pipelineId);
  const definition = definitionOf(moment, run.pipelineId);
  const faults: string[] = [];
  if (!definition) faults.push('its pipeline was removed');
  if (pausedAt !== null) faults.push('its pipeline is paused');
  if (tables.hold) faults.push('all starts are held');
  if (definition && definition.lock !== 'none' && lockedBy !== null && lockedBy < run.id)
    faults.push('another run holds the lock');
  for (const id of walkBehind(tables, run).revisions) {
    const { state, version } = get(tables.revisions, id);
    if (state !== 'published') faults.push(`${version} behind it is ${state}`);
  }
  for (const pin of run.pins) {
    if ('run' in pin) continue;
    const accepted: readonly string[] =
      config.repositories.get(pin.repository)?.packages.get(pin.package)?.accept ?? [];
    const { standing, version } = get(tables.revisions, pin.revision.id);
    if (standing !== 'ok' && !accepted.includes(standing)) faults.push(`${version} is ${standing}`);
  }
  return faults;
}

/** `latest` lowers no package's rank against the last automatic run, a pointer's or one taken back aside. */
function describeFloor(tables: Tables, run: RunRow): readonly string[] {
  const before = tables.runs.findLast(
    ({ id, pipelineId, startedBy }) =>
      id < run.id && pipelineId === run.pipelineId && (startedBy === 'latest' || startedBy === 'every'),
  );
  if (!before) return [];
  const floor = [...walkBehind(tables, before).revisions].map((id) => get(tables.revisions, id));
  return [...walkBehind(tables, run).revisions].flatMap((id) => {
    const { packageId, rank, version } = get(tables.revisions, id);
    const than = floor.find((one) => one.packageId === packageId);
    const isFollowed = get(tables.packages, packageId).pointer !== null;
    const isLower = than?.state === 'published' && !isFollowed && rank < than.rank;
    return isLower ? [`${version} is lower than ${than.version} of run ${before.counter}`] : [];
  });
}

/** A set starts once, but for one version at a time that `every` asks for. */
function describeSet(tables: Tables, run: RunRow, { sets }: Memory): string | undefined {
  if (run.startedBy !== 'latest' && run.startedBy !== 'every') return undefined;
  const parts = run.pins.map((pin) => {
    if ('run' in pin) return `run ${pin.run.id}`;
    const { id, packageId, edition } = pin.revision;
    return `revision ${id} ${edition} ${get(tables.packages, packageId).moves}`;
  });
  const name = parts.toSorted().join(', ');
  const started = sets.get(String(run.pipelineId)) ?? new Set();
  sets.set(String(run.pipelineId), started);
  const isKnown = started.has(name);
  started.add(name);
  const isOfEvery = tables.triggers.some(
    ({ runId, mode, of }) => runId === run.id && mode === 'every' && 'revisionId' in of,
  );
  return isKnown && !isOfEvery ? `its set has started a run: ${name}` : undefined;
}
