import type { Tx } from '../store/store.ts';
import { markWaiting, type WaitingTrigger } from '../store/triggers.ts';
import { aboutTrigger } from './about-trigger.ts';
import type { Move } from './changes.ts';

/** Why a trigger waits. */
export interface WaitingReason {
  readonly trigger: WaitingTrigger;
  readonly reason: string;
}

/** Kinds of waiting; a decision is recorded when the kind changes, not at every look. */
export type WaitingKind = 'hold' | 'paused' | 'busy' | 'locked' | 'missing' | 'held' | `set: ${string}`;

/** Records why triggers wait, where that was not said yet. */
export async function sayWaiting(tx: Tx, move: Move, kind: WaitingKind, reasons: readonly WaitingReason[]): Promise<void> {
  const unsaid = reasons.filter(({ trigger }) => trigger.waits !== kind);
  await markWaiting(
    tx,
    unsaid.map(({ trigger }) => trigger.id),
    kind,
  );
  for (const { trigger, reason } of unsaid) {
    move.changes.addDecision({
      ...aboutTrigger(move, trigger),
      outcome: kind === 'held' || kind === 'hold' ? 'held' : 'waits',
      reason,
      runId: null,
    });
  }
}
