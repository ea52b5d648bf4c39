import { type Alarm, type AlarmKind, readAlarmsOfRuns } from '../../store/alarms.ts';
import { type Approval, readApprovals } from '../../store/approvals.ts';
import { type ActiveStages, type OpenStage, readActiveStages } from '../../store/open-stages.ts';
import { patchPipeline, readLockHolder } from '../../store/pipelines.ts';
import { setRunStatus } from '../../store/runs.ts';
import { beginStages, markHeld, markStageWaits } from '../../store/stages.ts';
import type { Tx } from '../../store/store.ts';
import type { Move } from '../changes.ts';
import { askForApproval, type Unapproved } from './ask-for-approval.ts';
import { endWaiting } from './end-waiting.ts';
import { findGate, type StageAtGate } from './find-gate.ts';
import { aboutRun } from './reach-stage.ts';
import { findApproval } from './stage-at-hand.ts';
import { takeTurn } from './take-turn.ts';
import { weighWords } from './weigh-words.ts';

/** A run that enters a stage. */
interface Entering {
  readonly move: Move;
  readonly stage: OpenStage;
}

/**
 * Lets runs into the stages of pipelines that are free: one run at a time in each. Whether a run may enter is judged at this moment, by
 * the configuration in force: one without enough approvals that count waits for them; one behind which a revision is republished or
 * withdrawn, or whose stage the configuration does not have any more, is passed by, with a decision. Answers when to look again at a pipeline although nothing happens, in
 * milliseconds, by its id.
 */
export async function admitStages(tx: Tx, moves: readonly Move[]): Promise<ReadonlyMap<number, number>> {
  const active = await readActiveStages(
    tx,
    moves.map(({ pipeline }) => pipeline.id),
  );
  const runIds = [...active.values()].flatMap(({ ready }) => ready.map(({ runId }) => runId));
  const alarms = await readAlarmsOfRuns(tx, [...new Set(runIds)]);
  const words = Map.groupBy(await readApprovals(tx, listAsked(moves, active)), ({ stageId }) => stageId);
  const until = new Map<number, number>();
  const entering: Entering[] = [];
  for (const move of moves) {
    const stages = active.get(move.pipeline.id);
    if (!stages) continue;
    const next = await admitTo(tx, move, { ...stages, alarms, words, entering });
    if (next !== undefined) until.set(move.pipeline.id, next);
  }
  await enterStages(tx, entering);
  return until;
}

/** The stages whose approvals are asked for. */
function listAsked(moves: readonly Move[], active: ReadonlyMap<number, ActiveStages>): readonly number[] {
  return moves.flatMap(({ pipeline, definition }) => {
    const ready = active.get(pipeline.id)?.ready ?? [];
    return ready.filter(({ name }) => findApproval(definition, name)?.type === 'manual').map(({ id }) => id);
  });
}

interface Admitting extends ActiveStages {
  /** By run. */
  readonly alarms: ReadonlyMap<number, readonly Alarm[]>;
  /** By stage. */
  readonly words: ReadonlyMap<number, readonly Approval[]>;
  /** Is added to. */
  readonly entering: Entering[];
}

async function admitTo(
  tx: Tx,
  move: Move,
  { running, ready, expiring, alarms, words, entering }: Admitting,
): Promise<number | undefined> {
  const { now } = move;
  for (const stage of expiring.filter(({ expiresAt }) => expiresAt <= now)) {
    const reason = `nobody approved run ${stage.counter} for ${stage.name} in time`;
    await endWaiting(tx, move, stage, { outcome: 'refused', reason });
  }
  const { eligible, until } = await findEligible(tx, move, { ready, alarms, words });
  const occupied = new Set(running.map(({ name }) => name));
  for (const [name, waiting] of Map.groupBy(eligible, (stage) => stage.name)) {
    const stage = occupied.has(name) ? undefined : await giveTurn(tx, move, waiting);
    if (stage) entering.push({ move, stage });
  }
  return earliest([...until, ...expiring.map(({ expiresAt }) => expiresAt).filter((at) => at > now)]);
}

/** The earliest of some moments, where there is one. */
export function earliest(moments: readonly (number | undefined)[]): number | undefined {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

type Judging = Pick<Admitting, 'ready' | 'alarms' | 'words'>;

async function findEligible(tx: Tx, move: Move, { ready, alarms, words }: Judging) {
  const eligible: StageAtGate[] = [];
  const until: (number | undefined)[] = [];
  for (const open of ready) {
    const approval = findApproval(move.definition, open.name);
    if (!approval) {
      await sayWaits(tx, move, open, describeChange(move, open));
      continue;
    }
    const stage = { ...open, approval };
    const unapproved = findUnapproved(move, stage, words.get(open.id) ?? []);
    if (unapproved) {
      until.push(await askForApproval(tx, move, unapproved));
      continue;
    }
    const held = stage.overridden ? [] : (alarms.get(stage.runId) ?? []).filter(isHolding);
    if (held.length > 0) {
      await holdStage(tx, move, stage, held);
      continue;
    }
    if (stage.heldAt !== null) await markHeld(tx, stage.id, null);
    const gate = findGate(stage, move);
    if (!gate) eligible.push(stage);
    else {
      until.push(gate.until);
      await sayWaits(tx, move, stage, gate);
    }
  }
  return { eligible, until };
}

function findUnapproved(move: Move, stage: StageAtGate, words: readonly Approval[]): Unapproved | undefined {
  const { approval, person } = stage;
  if (approval.type === 'auto') return undefined;
  const weighed = weighWords(words, move, { approval, triggeredBy: person });
  return weighed.isEnough ? undefined : { stage, approval, words: weighed };
}

function describeChange({ pipeline }: Move, { counter, name }: OpenStage) {
  const reason = `run ${counter} does not enter ${name}: the configuration has no such stage in ${pipeline.name} any more; cancel it, or put the stage back`;
  return { kind: 'stage-changed', reason };
}

/** Said once for each kind of waiting. */
async function sayWaits(
  tx: Tx,
  { pipeline, now, changes }: Move,
  { id, runId, waits }: OpenStage,
  { kind, reason }: { readonly kind: string; readonly reason: string },
): Promise<void> {
  if (waits === kind) return;
  await markStageWaits(tx, id, kind);
  changes.addDecision({ ...aboutRun(pipeline.id, runId, now), outcome: 'waits', reason });
}

/** Answers the stage whose turn it is. */
async function giveTurn(tx: Tx, move: Move, waiting: readonly StageAtGate[]): Promise<StageAtGate | undefined> {
  const holder = await findHolder(tx, move);
  const mayMove = holder === null ? waiting : waiting.filter(({ runId }) => runId === holder);
  const { enters, superseded, by } = takeTurn(mayMove);
  for (const stage of superseded) {
    const reason = `run ${by?.counter} is newer, and enters ${stage.name} in place of run ${stage.counter}`;
    await endWaiting(tx, move, stage, { outcome: 'superseded', reason });
  }
  if (enters && isLocking(move)) await patchPipeline(tx, move.pipeline.id, { lockedBy: enters.runId });
  for (const stage of waiting.filter((one) => !mayMove.includes(one))) {
    const reason = `run ${stage.counter} does not enter ${stage.name} yet: the pipeline is locked by another run`;
    await sayWaits(tx, move, stage, { kind: 'locked', reason });
  }
  return enters;
}

/** The run that alone may move, where the pipeline is locked. */
async function findHolder(tx: Tx, move: Move): Promise<number | null> {
  return isLocking(move) ? readLockHolder(tx, move.pipeline.id) : null;
}

function isLocking({ definition }: Move): boolean {
  return (definition?.lock ?? 'none') !== 'none';
}

async function enterStages(tx: Tx, entering: readonly Entering[]): Promise<void> {
  const [first] = entering;
  if (!first) return;
  const { now } = first.move;
  const isBeginning = ({ stage }: Entering) => stage.runStatus !== 'running';
  await beginStages(
    tx,
    entering.map(({ stage }) => stage.id),
    now,
  );
  await setRunStatus(
    tx,
    entering.filter(isBeginning).map(({ stage }) => stage.runId),
    'running',
    now,
  );
  for (const one of entering) {
    const { pipeline, changes } = one.move;
    const { counter, label, name, stageCounter } = one.stage;
    changes.addStage('stage.started', { pipeline: pipeline.name, counter, label, name, stageCounter, status: 'running' });
    if (isBeginning(one)) changes.addRun({ pipeline: pipeline.name, counter, status: 'running' }, label);
  }
}

async function holdStage(tx: Tx, { pipeline, now, changes }: Move, stage: OpenStage, alarms: readonly Alarm[]): Promise<void> {
  if (stage.heldAt !== null) return;
  await markHeld(tx, stage.id, now);
  for (const { packageId, package: name, version, kind } of alarms) {
    changes.addDecision({
      at: now,
      pipelineId: pipeline.id,
      packageId,
      version,
      outcome: 'held',
      reason: `run ${stage.counter} does not enter ${stage.name}: ${name} ${version} ${holding[kind]}`,
      materials: { [name]: version },
      runId: stage.runId,
    });
  }
}

/** The alarms that keep a run out of a stage; the others are for people to judge. */
const holding: Partial<Record<AlarmKind, string>> = {
  republished: 'was published again with other bytes, which nobody has acknowledged',
  withdrawn: 'was withdrawn from its repository',
};

function isHolding({ kind }: Alarm): boolean {
  return holding[kind] !== undefined;
}
