import { because, type Refusal } from '../../domain/reason.ts';
import { isOver, type Status } from '../../domain/status.ts';
import type { Actor } from '../actor.ts';
import { judgeApprover } from './judge-approver.ts';
import { findApproval, placeAtHand, type StageAtHand } from './stage-at-hand.ts';

/** What stands against doing a stage again; undefined where nothing does. */
export function judgeRerun(at: StageAtHand): Refusal | undefined {
  const { definition, stage, stages } = at;
  const place = placeAtHand(at);
  const approval = findApproval(definition, stage.name);
  if (!approval) return because('stage-gone', place);
  const busy = stages.find(({ status }) => status === 'running');
  if (busy) return because('stage-running', { ...place, stage: busy.name });
  if (!isOver(stage.status)) return because('stage-not-done', { ...place, status: stage.status });
  const own = stages.findIndex(({ name }) => name === stage.name);
  const before = stages.slice(0, own).filter(({ status }) => status !== 'passed');
  const mayFail = approval.type === 'manual' && approval.evenAfterFailure;
  const first = mayFail
    ? before.find(({ readyAt, status }) => readyAt !== null && !isOver(status))
    : before[0];
  return first && because('stage-before', { ...place, stage: first.name, status: first.status, mayFail });
}

/**
 * What stands against doing the failed jobs of a stage again, of whose jobs these are the statuses; undefined
 * where nothing does.
 */
export function judgeRerunOfFailed(at: StageAtHand, jobs: readonly Status[]): Refusal | undefined {
  const isNothingToDo = jobs.every((status) => status === 'passed');
  return judgeRerun(at) ?? (isNothingToDo ? because('nothing-failed', placeAtHand(at)) : undefined);
}

/**
 * Whether a stage that somebody has done again is entered without asking anybody else: where nobody is asked,
 * or where their own word would be enough.
 */
export function couldLetIn(actor: Actor, { definition, stage, run }: StageAtHand): boolean {
  const approval = findApproval(definition, stage.name);
  if (!definition || !approval) return false;
  if (approval.type === 'auto') return true;
  if (approval.required > 1) return false;
  return !judgeApprover(actor, { approval, access: definition.access, triggeredBy: run.person });
}
