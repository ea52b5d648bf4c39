import { type Draft, type DraftRun, type DraftStage, nameStage, type Verdict } from '../draft/draft.ts';
import { settleRun } from './settle.ts';

/**
 * Ends a run that waits to enter a stage: what is still to come of it is cancelled, with a decision that says
 * why.
 */
export function endWaiting(draft: Draft, stage: DraftStage, why: Pick<Verdict, 'outcome' | 'reason'>): void {
  const { run } = stage;
  stage.status = 'cancelled';
  draft.add({ kind: 'stage ended', stage: nameStage(stage), status: 'cancelled' });
  draft.decide(run.pipeline, { ...why, runId: run.id });
  dropRest(draft, run);
  settleRun(draft, run);
}

/** Cancels what has not begun of a run. */
export function dropRest(draft: Draft, run: DraftRun): void {
  const rest = run.stages.filter(({ status }) => status === 'pending' || status === 'waiting');
  for (const stage of rest) stage.status = 'cancelled';
  if (rest.length > 0) draft.add({ kind: 'stages dropped', ids: rest.map(({ id }) => id) });
}
