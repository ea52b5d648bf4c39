import type { ManualApproval } from '../../config/config.ts';
import type { OpenStage } from '../../store/open-stages.ts';
import { markAsked } from '../../store/stages.ts';
import type { Tx } from '../../store/store.ts';
import type { Move } from '../changes.ts';
import { aboutRun } from './reach-stage.ts';
import { settleRun } from './settle-run.ts';
import type { WeighedWords } from './weigh-words.ts';

/** A run that comes to a stage without enough approvals that count. */
export interface Unapproved {
  readonly stage: OpenStage;
  readonly approval: ManualApproval;
  readonly words: WeighedWords;
}

/** Lets a run wait for approval, and says whose. Answers when its waiting expires, in milliseconds, where it does. */
export async function askForApproval(
  tx: Tx,
  move: Move,
  { stage, approval, words: { counting, lapsed } }: Unapproved,
): Promise<number | undefined> {
  const { pipeline, now, changes } = move;
  const { id, runId, counter, label, name, stageCounter } = stage;
  const expiresAt = approval.expiresMs === undefined ? null : now + approval.expiresMs;
  await markAsked(tx, id, { now, expiresAt, approval });
  changes.addStage('stage.waiting', { pipeline: pipeline.name, counter, label, name, stageCounter, status: 'waiting' });
  const persons = lapsed.map(({ person }) => person).join(', ');
  const why = persons === '' ? '' : `; what ${persons} said counts no more: they may not approve it now`;
  const so = counting.length === 0 ? '' : `; ${counting.length} of ${approval.required} persons have`;
  const reason = `run ${counter} waits for approval to enter ${name}: ${describeApproval(approval)}${so}${why}`;
  changes.addDecision({ ...aboutRun(pipeline.id, runId, now), outcome: 'waits', reason });
  await settleRun(tx, move, runId);
  return expiresAt ?? undefined;
}

function describeApproval({ by, required }: ManualApproval): string {
  const who = by.length === 0 ? 'whoever may operate the pipeline' : by.join(', ');
  return required === 1 ? who : `${required} of ${who}`;
}
