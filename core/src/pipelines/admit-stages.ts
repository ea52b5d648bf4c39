import { markRunning, readRunState } from '../store/runs.ts';
import { beginStage, markHeld, type Objection, type OpenStage, readObjections, readOpenStages } from '../store/stages.ts';
import type { Tx } from '../store/store.ts';
import type { Move } from './changes.ts';

/**
 * Lets runs into the stages of a pipeline that are free: one run at a time in each, first in first out. A run that pinned a revision
 * which is republished or withdrawn is passed by, with a decision, until that is over.
 */
export async function admitStages(tx: Tx, move: Move): Promise<void> {
  const open = await readOpenStages(tx, move.pipeline.id);
  const ready = open.filter(({ status }) => status === 'pending');
  if (ready.length === 0) return;
  const objections = Map.groupBy(await readObjections(tx, [...new Set(ready.map(({ runId }) => runId))]), ({ runId }) => runId);
  const occupied = new Set(open.filter(({ status }) => status === 'running').map(({ name }) => name));
  for (const stage of ready) {
    const held = objections.get(stage.runId) ?? [];
    if (held.length > 0) {
      await holdStage(tx, move, stage, held);
    } else if (!occupied.has(stage.name)) {
      occupied.add(stage.name);
      await enterStage(tx, move, stage);
    } else if (stage.heldAt !== null) {
      await markHeld(tx, stage.id, null);
    }
  }
}

async function enterStage(tx: Tx, { pipeline, now, changes }: Move, stage: OpenStage): Promise<void> {
  await beginStage(tx, stage.id, now);
  const run = await readRunState(tx, stage.runId);
  if (run.status !== 'pending') return;
  await markRunning(tx, run.id);
  changes.addRun({ pipeline: pipeline.name, counter: run.counter, status: 'running' }, run.label);
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
