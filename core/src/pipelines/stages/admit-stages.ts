import { type Objection, readObjections } from '../../store/objections.ts';
import { type OpenStage, readActiveStages } from '../../store/open-stages.ts';
import { patchPipeline, readLockHolder } from '../../store/pipelines.ts';
import { setRunStatus } from '../../store/runs.ts';
import { beginStage, markHeld, markStageWaits } from '../../store/stages.ts';
import type { Tx } from '../../store/store.ts';
import type { Move } from '../changes.ts';
import { endWaiting } from './end-waiting.ts';
import { findGate } from './find-gate.ts';
import { aboutRun } from './reach-stage.ts';
import { takeTurn } from './take-turn.ts';

/**
 * Lets runs into the stages of a pipeline that are free: one run at a time in each. A run behind which a revision is republished or
 * withdrawn is passed by, with a decision, until that is over. Answers when to look again although nothing happens, in milliseconds.
 */
export async function admitStages(tx: Tx, move: Move): Promise<number | undefined> {
  const { pipeline, now } = move;
  const { running, ready, expiring } = await readActiveStages(tx, pipeline.id);
  for (const stage of expiring.filter(({ expiresAt }) => expiresAt <= now)) {
    const reason = `nobody approved run ${stage.counter} for ${stage.name} in time`;
    await endWaiting(tx, move, stage, { outcome: 'refused', reason });
  }
  const { eligible, until } = await findEligible(tx, move, ready);
  const occupied = new Set(running.map(({ name }) => name));
  for (const [name, waiting] of Map.groupBy(eligible, (stage) => stage.name)) {
    if (!occupied.has(name)) await giveTurn(tx, move, waiting);
  }
  return earliest([...until, ...expiring.map(({ expiresAt }) => expiresAt).filter((at) => at > now)]);
}

/** The earliest of some moments, where there is one. */
export function earliest(moments: readonly (number | undefined)[]): number | undefined {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

async function findEligible(tx: Tx, move: Move, ready: readonly OpenStage[]) {
  const objections = Map.groupBy(await readObjections(tx, [...new Set(ready.map(({ runId }) => runId))]), ({ runId }) => runId);
  const eligible: OpenStage[] = [];
  const until: (number | undefined)[] = [];
  for (const stage of ready) {
    const held = stage.overridden ? [] : (objections.get(stage.runId) ?? []);
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

async function giveTurn(tx: Tx, move: Move, waiting: readonly OpenStage[]): Promise<void> {
  const holder = await findHolder(tx, move);
  const mayMove = holder === null ? waiting : waiting.filter(({ runId }) => runId === holder);
  const { enters, superseded, by } = takeTurn(mayMove);
  for (const stage of superseded) {
    const reason = `run ${by?.counter} is newer, and enters ${stage.name} in place of run ${stage.counter}`;
    await endWaiting(tx, move, stage, { outcome: 'superseded', reason });
  }
  if (enters) await enterStage(tx, move, enters);
  for (const stage of waiting.filter((one) => !mayMove.includes(one))) {
    const reason = `run ${stage.counter} does not enter ${stage.name} yet: the pipeline is locked by another run`;
    await sayWaits(tx, move, stage, { kind: 'locked', reason });
  }
}

/** The run that alone may move, where the pipeline is locked. */
async function findHolder(tx: Tx, { definition, pipeline }: Move): Promise<number | null> {
  return (definition?.lock ?? 'none') === 'none' ? null : readLockHolder(tx, pipeline.id);
}

async function enterStage(tx: Tx, move: Move, stage: OpenStage): Promise<void> {
  const { pipeline, definition, now, changes } = move;
  await beginStage(tx, stage.id, now);
  if ((definition?.lock ?? 'none') !== 'none') await patchPipeline(tx, pipeline.id, { lockedBy: stage.runId });
  const { counter, label, name, stageCounter } = stage;
  changes.addStage('stage.started', { pipeline: pipeline.name, counter, label, name, stageCounter, status: 'running' });
  if (stage.runStatus === 'running') return;
  await setRunStatus(tx, stage.runId, 'running', now);
  changes.addRun({ pipeline: pipeline.name, counter, status: 'running' }, label);
}

async function holdStage(
  tx: Tx,
  { pipeline, now, changes }: Move,
  stage: OpenStage,
  objections: readonly Objection[],
): Promise<void> {
  if (stage.heldAt !== null) return;
  await markHeld(tx, stage.id, now);
  for (const { packageId, package: name, version, state } of objections) {
    changes.addDecision({
      at: now,
      pipelineId: pipeline.id,
      packageId,
      version,
      outcome: 'held',
      reason: `run ${stage.counter} does not enter ${stage.name}: ${name} ${version} ${describeState[state]}`,
      materials: { [name]: version },
      runId: stage.runId,
    });
  }
}

const describeState: Record<Objection['state'], string> = {
  republished: 'was published again with other bytes, which nobody has acknowledged',
  withdrawn: 'was withdrawn from its repository',
};
