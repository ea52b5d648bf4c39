import type { Reason } from '../../domain/reason.ts';
import { describeTrigger, type WaitingTrigger } from '../../domain/trigger.ts';
import type { Draft, DraftPipeline, Verdict } from '../draft/draft.ts';

/** Kinds of waiting; a decision is recorded when the kind changes, not each time. */
export type WaitingKind = 'hold' | 'paused' | 'busy' | 'locked' | 'missing' | 'held' | `set: ${string}`;

/** A trigger, and why it waits or will never start anything. */
export interface TriggerReason {
  readonly trigger: WaitingTrigger;
  readonly reason: Reason;
}

/** Records why triggers wait, where that was not said yet. */
export function sayWaiting(
  draft: Draft,
  pipeline: DraftPipeline,
  kind: WaitingKind,
  reasons: readonly TriggerReason[],
): void {
  const unsaid = new Map(
    reasons.filter(({ trigger }) => trigger.waits !== kind).map((one) => [one.trigger.id, one.reason]),
  );
  pipeline.triggers = pipeline.triggers.map((one) => (unsaid.has(one.id) ? { ...one, waits: kind } : one));
  for (const [id] of unsaid) draft.add({ kind: 'trigger waits', id, waits: kind });
  for (const { trigger, reason } of reasons.filter((one) => unsaid.has(one.trigger.id))) {
    draft.decide(pipeline, {
      outcome: kind === 'held' || kind === 'hold' ? 'held' : 'waits',
      reason,
      ...aboutTrigger(trigger),
    });
  }
}

/** What a set waits for names its kind of waiting, so that a decision follows when that changes. */
export function kindOfSet({ code, facts }: Reason): WaitingKind {
  return `set: ${code} ${JSON.stringify(facts)}`;
}

/** Ends the waiting of triggers that start nothing, and says why. */
export function endTriggers(
  draft: Draft,
  pipeline: DraftPipeline,
  { state, outcome }: { readonly state: 'superseded' | 'dropped'; readonly outcome: Verdict['outcome'] },
  reasons: readonly TriggerReason[],
): void {
  const ids = new Set(reasons.map(({ trigger }) => trigger.id));
  pipeline.triggers = pipeline.triggers.filter(({ id }) => !ids.has(id));
  pipeline.held = pipeline.held.filter(({ id }) => !ids.has(id));
  for (const { trigger, reason } of reasons) {
    draft.add({ kind: 'trigger ended', id: trigger.id, state });
    draft.decide(pipeline, { outcome, reason, ...aboutTrigger(trigger) });
  }
}

/** What a decision about a trigger says beside its outcome. */
export function aboutTrigger(trigger: WaitingTrigger): Omit<Verdict, 'outcome' | 'reason'> {
  const { material, value } = describeTrigger(trigger);
  const materials = { [material]: value };
  if (trigger.kind === 'pass') return { materials, upstreamRunId: trigger.runId };
  return { packageId: trigger.packageId, version: trigger.version, materials };
}

/**
 * What the one decision about a start says beside its outcome, whatever number of triggers it fulfils: of
 * each kind the first.
 */
export function aboutTaken(
  taken: readonly WaitingTrigger[],
): Omit<Verdict, 'outcome' | 'reason' | 'materials'> {
  const publication = taken.find(({ kind }) => kind === 'revision');
  const pass = taken.find(({ kind }) => kind === 'pass');
  const { materials: _, ...about } = {
    ...(pass && aboutTrigger(pass)),
    ...(publication && aboutTrigger(publication)),
  };
  return about;
}
