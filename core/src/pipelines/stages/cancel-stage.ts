import { cancelRunningStage } from '../../store/cancel-stages.ts';
import type { Tx } from '../../store/store.ts';
import { refuse } from '../refusal.ts';
import type { StartOptions } from '../start-runs.ts';
import { type Acted, actOnStage } from './act-on-stage.ts';
import { endWaiting } from './end-waiting.ts';
import type { StageRequest } from './find-stage.ts';
import { finishStages } from './finish-stages.ts';
import { aboutRun } from './reach-stage.ts';

/** Cancels a stage: one that waits ends at once, and its run with it; of one that runs the jobs are ended, and then the stage. */
export function cancelStage(tx: Tx, request: StageRequest, options: StartOptions): Promise<Acted> {
  return actOnStage(tx, request, options, async ({ move, run, stage }) => {
    const said = request.comment === undefined ? '' : `: ${request.comment}`;
    const reason = `${request.actor.name} cancelled ${stage.name} of run ${run.counter}${said}`;
    const isOpen = stage.status === 'waiting' || (stage.status === 'pending' && stage.readyAt !== null);
    if (isOpen) {
      const waiting = { ...stage, runId: run.id, counter: run.counter, label: run.label, stageCounter: stage.counter };
      await endWaiting(tx, move, waiting, { outcome: 'refused', reason });
      return undefined;
    }
    if (stage.status !== 'running' || stage.cancelAt !== null) {
      return refuse(
        'NOTHING_TO_DO',
        `${stage.name} of run ${run.counter} is ${stage.cancelAt === null ? stage.status : 'being cancelled'}`,
      );
    }
    move.changes.addDecision({ ...aboutRun(move.pipeline.id, run.id, move.now), outcome: 'refused', reason });
    if ((await cancelRunningStage(tx, stage.id, move.now)) === 0)
      await finishStages(tx, [{ move, run, stage: { ...stage, status: 'cancelled' } }]);
    return undefined;
  });
}
