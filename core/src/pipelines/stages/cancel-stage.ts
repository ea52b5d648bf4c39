import { cancelRunningStage } from '../../store/cancel-stages.ts';
import type { Tx } from '../../store/store.ts';
import type { StartOptions } from '../start-runs.ts';
import { type Acted, actOnStage } from './act-on-stage.ts';
import { endWaiting } from './end-waiting.ts';
import { atHand, type StageRequest } from './find-stage.ts';
import { finishStages } from './finish-stages.ts';
import { isToCome, judgeCancel } from './judge-cancel.ts';
import { aboutRun } from './reach-stage.ts';

/** Cancels a stage: one that waits ends at once, and its run with it; of one that runs the jobs are ended, and then the stage. */
export function cancelStage(tx: Tx, request: StageRequest, options: StartOptions): Promise<Acted> {
  return actOnStage(tx, request, options, async (found) => {
    const refusal = judgeCancel(atHand(found));
    if (refusal) return refusal;
    const { move, run, stage } = found;
    const said = request.comment === undefined ? '' : `: ${request.comment}`;
    const reason = `${request.actor.name} cancelled ${stage.name} of run ${run.counter}${said}`;
    if (isToCome(stage)) {
      const waiting = { ...stage, runId: run.id, counter: run.counter, label: run.label, stageCounter: stage.counter };
      await endWaiting(tx, move, waiting, { outcome: 'refused', reason });
      return undefined;
    }
    move.changes.addDecision({ ...aboutRun(move.pipeline.id, run.id, move.now), outcome: 'refused', reason });
    if ((await cancelRunningStage(tx, stage.id, move.now)) === 0)
      await finishStages(tx, [{ move, run, stage: { ...stage, status: 'cancelled' } }]);
    return undefined;
  });
}
