import { because } from '../../domain/reason.ts';
import { isOver } from '../../domain/status.ts';
import type { Alarm } from '../../store/alarms.ts';
import { findApproval } from '../asked/stage-at-hand.ts';
import {
  type Draft,
  type DraftPipeline,
  type DraftStage,
  nameRun,
  nameStage,
  placeOf,
} from '../draft/draft.ts';
import { askAtTurn, askGate } from '../gate/ask-gate.ts';
import type { Finding, Unapproved } from '../gate/checks.ts';
import type { EntryAtGate } from '../gate/entry.ts';
import { beginDeployment } from '../occupancy/occupy.ts';
import { endWaiting } from './end-waiting.ts';
import { settleRun } from './settle.ts';
import { takeTurn } from './take-turn.ts';
import { weighWords } from './weigh-words.ts';

/**
 * Lets runs into the stages of a pipeline that are free: one run at a time in each. Whether a run may enter
 * is judged at this moment, by the configuration in force. Answers when to look again although nothing
 * happens, in milliseconds.
 */
export function admitRuns(draft: Draft, pipeline: DraftPipeline): number | undefined {
  const until: (number | undefined)[] = [];
  for (const stage of [...listStages(pipeline, 'waiting'), ...listReady(pipeline)])
    endAfterFailure(draft, stage);
  for (const stage of listStages(pipeline, 'waiting')) until.push(askAnew(draft, stage));
  const eligible: EntryAtGate[] = [];
  for (const stage of listReady(pipeline)) {
    const judged = judgeStage(draft, stage);
    if ('approval' in judged) eligible.push(judged);
    else until.push(judged.until);
  }
  const occupied = new Set(listStages(pipeline, 'running').map(({ name }) => name));
  for (const [name, waiting] of Map.groupBy(eligible, ({ stage }) => stage.name)) {
    if (!occupied.has(name)) giveTurn(draft, pipeline, waiting);
  }
  return earliest(until);
}

/** The earliest of some moments, where there is one. */
export function earliest(moments: readonly (number | undefined)[]): number | undefined {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** The stages of a pipeline's runs that stand so. */
export function listStages({ runs }: DraftPipeline, status: DraftStage['status']): readonly DraftStage[] {
  return runs.flatMap(({ stages }) => stages.filter((stage) => stage.status === status));
}

/** The stages that wait for their turn, in its order. */
export function listReady(pipeline: DraftPipeline): readonly DraftStage[] {
  return listStages(pipeline, 'pending')
    .filter(({ readyAt }) => readyAt !== null)
    .toSorted((a, b) => (a.readyAt ?? 0) - (b.readyAt ?? 0) || a.run.counter - b.run.counter);
}

/**
 * Ends a run that came to a stage although the one before has not passed, where the configuration in force
 * does not let people judge that any more.
 */
function endAfterFailure(draft: Draft, stage: DraftStage): void {
  const { run, position } = stage;
  const approval = findApproval(run.pipeline.definition, stage.name);
  const before = run.stages.find((one) => one.position === position - 1);
  if (!approval || !before || !isOver(before.status) || before.status === 'passed') return;
  if (approval.type === 'manual' && approval.evenAfterFailure) return;
  const reason = because('not-after-failure', { ...placeOf(stage), before: before.name });
  endWaiting(draft, stage, { outcome: 'refused', reason });
}

/**
 * A run that waits for approval goes by the configuration in force: who approves, how many, until when, or
 * nobody any more.
 */
function askAnew(draft: Draft, stage: DraftStage): number | undefined {
  const { run } = stage;
  const approval = findApproval(run.pipeline.definition, stage.name);
  if (approval && weighWords(stage, approval, draft.inForce).isEnough) {
    letIn(draft, stage, because('asks-nobody-now', placeOf(stage)));
    return undefined;
  }
  const expiresMs = approval?.type === 'manual' ? approval.expiresMs : undefined;
  const expiresAt = expiresMs === undefined ? null : (stage.readyAt ?? draft.now) + expiresMs;
  if (approval && expiresAt !== stage.expiresAt) {
    stage.expiresAt = expiresAt;
    draft.add({ kind: 'stage expires', id: stage.id, at: expiresAt });
  }
  if (stage.expiresAt === null || stage.expiresAt > draft.now) return stage.expiresAt ?? undefined;
  const reason = because('not-approved-in-time', placeOf(stage));
  endWaiting(draft, stage, { outcome: 'refused', reason });
  return undefined;
}

/** Ends a run's waiting for approval: from now on it waits for its turn. */
export function letIn(
  draft: Draft,
  stage: DraftStage,
  reason: Parameters<Draft['decide']>[1]['reason'],
): void {
  Object.assign(stage, { status: 'pending', readyAt: draft.now, approvedAt: draft.now, expiresAt: null });
  draft.add({ kind: 'stage approved', id: stage.id });
  draft.decide(stage.run.pipeline, { outcome: 'started', reason, runId: stage.run.id });
  settleRun(draft, stage.run);
}

/** What a run that could have its turn comes to: the entry, or when to look again. */
function judgeStage(draft: Draft, stage: DraftStage): EntryAtGate | { readonly until: number | undefined } {
  const approval = findApproval(stage.run.pipeline.definition, stage.name);
  const objection = askGate({ stage, approval }, draft);
  if (objection?.check === 'approvals') return { until: askForApproval(draft, stage, objection) };
  if (objection?.check === 'alarms') return holdStage(draft, stage, objection.alarms);
  if (objection?.check !== 'stage' && stage.heldAt !== null) release(draft, stage);
  if (objection) return sayWaits(draft, stage, objection);
  if (!approval) throw new Error(`the gate let run ${stage.run.counter} into ${stage.name}, which is gone`);
  return { stage, approval };
}

/** Lets a run wait for approval, and says whose. Answers when its waiting expires, where it does. */
function askForApproval(
  draft: Draft,
  stage: DraftStage,
  { approval, weighed }: Unapproved,
): number | undefined {
  const expiresAt = approval.expiresMs === undefined ? null : draft.now + approval.expiresMs;
  Object.assign(stage, {
    status: 'waiting',
    readyAt: draft.now,
    approvedAt: null,
    expiresAt,
    heldAt: null,
    waits: null,
  });
  draft.add({ kind: 'stage asks', stage: nameStage(stage), asking: { expiresAt, approval } });
  const { by, required } = approval;
  const given = weighed.counting.length;
  const lapsed = weighed.lapsed.map(({ person }) => person);
  const reason = because('waits-for-approval', { ...placeOf(stage), by, required, given, lapsed });
  draft.decide(stage.run.pipeline, { outcome: 'waits', reason, runId: stage.run.id });
  settleRun(draft, stage.run);
  return expiresAt ?? undefined;
}

/** Said once for each kind of waiting. */
function sayWaits(
  draft: Draft,
  stage: DraftStage,
  { kind, reason, until }: Finding,
): { readonly until: number | undefined } {
  if (stage.waits !== kind) {
    stage.waits = kind;
    draft.add({ kind: 'stage waits', id: stage.id, waits: kind });
    draft.decide(stage.run.pipeline, { outcome: 'waits', reason, runId: stage.run.id });
  }
  return { until };
}

function holdStage(draft: Draft, stage: DraftStage, alarms: readonly Alarm[]): { readonly until: undefined } {
  if (stage.heldAt === null) {
    stage.heldAt = draft.now;
    draft.add({ kind: 'stage held', id: stage.id, at: draft.now });
    for (const alarm of alarms) sayHeld(draft, stage, alarm);
  }
  return { until: undefined };
}

function sayHeld(draft: Draft, stage: DraftStage, { packageId, package: name, version, kind }: Alarm): void {
  const reason = because('barred', { ...placeOf(stage), package: name, version, kind });
  const about = { packageId, version, materials: { [name]: version }, runId: stage.run.id };
  draft.decide(stage.run.pipeline, { outcome: 'held', reason, ...about });
}

function release(draft: Draft, stage: DraftStage): void {
  stage.heldAt = null;
  draft.add({ kind: 'stage held', id: stage.id, at: null });
}

/** Lets the stage begin whose turn it is. */
function giveTurn(draft: Draft, pipeline: DraftPipeline, waiting: readonly EntryAtGate[]): void {
  const asked = waiting.map((entry) => ({ entry, objection: askAtTurn(entry, draft) }));
  const mayMove = asked.filter(({ objection }) => !objection).map(({ entry }) => entry);
  const { enters, superseded, by } = takeTurn(mayMove);
  for (const { stage } of superseded) {
    const reason = because('newer-run', { ...placeOf(stage), by: by?.stage.run.counter ?? 0 });
    endWaiting(draft, stage, { outcome: 'superseded', reason });
  }
  for (const { entry, objection } of asked) if (objection) sayWaits(draft, entry.stage, objection);
  if (!enters) return;
  const isLocking = (pipeline.definition?.lock ?? 'none') !== 'none';
  if (isLocking && pipeline.lockedBy !== enters.stage.run.id)
    draft.change(pipeline, { lockedBy: enters.stage.run.id });
  beginStage(draft, enters.stage);
}

function beginStage(draft: Draft, stage: DraftStage): void {
  const { run } = stage;
  Object.assign(stage, { status: 'running', startedAt: draft.now, heldAt: null, waits: null });
  draft.add({ kind: 'stage begun', stage: nameStage(stage) });
  beginDeployment(draft, stage);
  if (run.status === 'running') return;
  run.status = 'running';
  draft.add({ kind: 'run status', run: nameRun(run), status: 'running' });
}
