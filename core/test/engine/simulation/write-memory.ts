import type { Effect, EffectOf } from '../../../src/store/effects/effect.ts';
import { get, type JobRow, type StageRow, type Tables } from './tables.ts';

interface Writing {
  readonly tables: Tables;
  readonly now: number;
  /** The id of what is new, in place of the one that the decision spoke of it by. */
  readonly idOf: (id: number) => number;
  readonly give: (id: number) => number;
}

type Writers = { readonly [Kind in Effect['kind']]: (effect: EffectOf<Kind>, writing: Writing) => void };

/** Writes down what a decision changes, in the order in which a store does it. */
export function writeEffects(tables: Tables, effects: readonly Effect[], now: number): void {
  const ids = new Map<number, number>();
  const idOf = (id: number) => {
    const known = id < 0 ? ids.get(id) : id;
    if (known === undefined) throw new Error('an effect speaks of something that was not stored');
    return known;
  };
  const give = (id: number) => {
    const fresh = tables.nextId++;
    ids.set(id, fresh);
    return fresh;
  };
  const byKind = Map.groupBy(effects, ({ kind }) => kind);
  for (const [kind, write] of Object.entries(writers)) {
    for (const effect of byKind.get(kind as Effect['kind']) ?? [])
      (write as (effect: Effect, writing: Writing) => void)(effect, { tables, now, idOf, give });
  }
}

/** The kinds stand in the order in which they are written. */
const writers: Writers = {
  'attempt ended'({ id }, { tables }) {
    Object.assign(get(tables.attempts, id), { state: 'done', owned: false });
  },
  'attempt again'({ last }, { tables }) {
    addAttempt(tables, last.jobId, last.number + 1, last.key);
  },
  'job ended'({ job, end }, { tables }) {
    get(tables.jobs, job.jobId).status = end.status;
  },
  'trigger wished': wishTrigger,
  'pass wished'({ id, wish }, { tables, give, idOf }) {
    const { pipelineId, mode, upstreamRunId, upstreamStageId } = wish;
    const of = { upstreamRunId, upstreamStageId: idOf(upstreamStageId) };
    const rest = { state: 'waiting', waits: null, runId: null } as const;
    tables.triggers.push({ id: give(id), pipelineId, mode, of, ...rest });
  },
  'baseline taken'({ pipelineId, packageId }, { tables, now }) {
    for (const row of tables.listeners)
      if (row.pipelineId === pipelineId && row.packageId === packageId) row.since = now;
  },
  'run created': createRun,
  'set started'({ pipelineId, hash, counter }, { tables }) {
    const key = `${pipelineId} ${hash}`;
    if (!tables.startedSets.has(key)) tables.startedSets.set(key, counter);
  },
  'stage again': addStage,
  'stage reset'({ id }, { tables, idOf }) {
    get(tables.stages, idOf(id)).status = 'pending';
    for (const job of jobsOf(tables, idOf(id))) job.status = 'pending';
  },
  'stage reached'({ stage, readiness: { readyAt, notBefore } }, { tables, idOf }) {
    const ready = { status: 'pending', readyAt, notBefore, expiresAt: null, waits: null } as const;
    Object.assign(get(tables.stages, idOf(stage.id)), ready);
  },
  'stage asks'({ stage, asking: { expiresAt } }, { tables, idOf, now }) {
    const asked = { status: 'waiting', readyAt: now, approvedAt: null, heldAt: null, waits: null } as const;
    Object.assign(get(tables.stages, idOf(stage.id)), asked, { expiresAt });
  },
  'stage expires'({ id, at }, { tables, idOf }) {
    get(tables.stages, idOf(id)).expiresAt = at;
  },
  'word given'({ word }, { tables, idOf }) {
    tables.words.push({ ...word, stageId: idOf(word.stageId) });
  },
  'stage approved'({ id }, { tables, idOf, now }) {
    const approved = { status: 'pending', readyAt: now, approvedAt: now, expiresAt: null } as const;
    Object.assign(get(tables.stages, idOf(id)), approved);
  },
  'stage held'({ id, at }, { tables, idOf }) {
    get(tables.stages, idOf(id)).heldAt = at;
  },
  'stage waits'({ id, waits }, { tables, idOf }) {
    get(tables.stages, idOf(id)).waits = waits;
  },
  'stage cancelling'({ id }, { tables, idOf, now }) {
    get(tables.stages, idOf(id)).cancelAt = now;
    for (const job of jobsOf(tables, idOf(id))) {
      const due = tables.attempts.find((one) => one.jobId === job.id && one.state === 'due');
      if (due) Object.assign(due, { state: 'done', owned: false });
      if (due || job.status === 'pending') job.status = 'cancelled';
    }
  },
  'stage ended'({ stage, status }, { tables, idOf }) {
    endStage(tables, get(tables.stages, idOf(stage.id)), status);
  },
  'stages dropped'({ ids }, { tables, idOf }) {
    for (const id of ids) endStage(tables, get(tables.stages, idOf(id)), 'cancelled');
  },
  'stage begun'({ stage }, { tables, idOf, now }) {
    const id = idOf(stage.id);
    const begun = { status: 'running', startedAt: now, heldAt: null, waits: null } as const;
    Object.assign(get(tables.stages, id), begun);
    for (const job of jobsOf(tables, id))
      if (job.status === 'pending') addAttempt(tables, job.id, 1, `key-${job.id}`);
  },
  'run status'({ run, status }, { tables, idOf }) {
    get(tables.runs, idOf(run.id)).status = status;
  },
  'trigger released'({ id }, { tables, idOf }) {
    Object.assign(get(tables.triggers, idOf(id)), { state: 'waiting', waits: null });
  },
  'trigger waits'({ id, waits }, { tables, idOf }) {
    get(tables.triggers, idOf(id)).waits = waits;
  },
  'trigger ended'({ id, state }, { tables, idOf }) {
    Object.assign(get(tables.triggers, idOf(id)), { state, waits: null });
  },
  'trigger fulfilled'({ id, runId }, { tables, idOf }) {
    Object.assign(get(tables.triggers, idOf(id)), { state: 'started', waits: null, runId: idOf(runId) });
  },
  'hold ended'(_, { tables }) {
    tables.hold = undefined;
  },
  'pipeline changed': changePipeline,
  'stay begun'({ id, stay }, { tables, give, idOf }) {
    const { levelId, packageId, revisionId, insteadOf } = stay;
    const by = stay.stage && {
      pipeline: stay.stage.pipeline,
      counter: stay.stage.counter,
      stage: stay.stage.name,
    };
    const facts = { levelId, packageId, revisionId, by };
    const before = insteadOf === null ? null : idOf(insteadOf);
    tables.stays.push({ id: give(id), ...facts, insteadOf: before, state: 'deploying', isOver: false });
  },
  'stay changed'({ id, state, isOver }, { tables, idOf }) {
    const row = get(tables.stays, idOf(id));
    Object.assign(row, { state, isOver: row.isOver || isOver });
  },
  'place changed': changePlace,
  'level frozen'({ levelId, freeze }, { tables }) {
    thaw(tables, levelId, freeze.packageId);
    tables.freezes = [...tables.freezes, { levelId, ...freeze }];
  },
  'level unfrozen'({ levelId, packageId }, { tables }) {
    thaw(tables, levelId, packageId);
  },
  'level freed'(_, { tables, now }) {
    for (const { status, waits, pipelineId } of tables.stages) {
      if (status !== 'pending' || waits !== 'level-busy') continue;
      const row = get(tables.pipelines, pipelineId);
      row.lookAt = Math.min(row.lookAt ?? now, now);
    }
  },
  decided({ decision }, { tables, idOf }) {
    const runId = decision.runId === null ? null : idOf(decision.runId);
    tables.decisions.push({ ...decision, runId });
  },
};

function wishTrigger({ id, wish }: EffectOf<'trigger wished'>, { tables, give }: Writing): void {
  const { pipelineId, packageId, revisionId, version, digest, move, mode, poll = null } = wish;
  const of = { packageId, revisionId, version, digest, move, poll };
  const rest = { state: wish.state ?? 'waiting', waits: null, runId: null };
  tables.triggers.push({ id: give(id), pipelineId, mode, of, ...rest });
}

function createRun({ id, run, stageIds }: EffectOf<'run created'>, { tables, give }: Writing): void {
  const { pipelineId, counter, label, startedBy, person = null, overridden, provenance, pins } = run;
  const { definition } = run;
  get(tables.pipelines, pipelineId).counter += 1;
  const facts = { pipelineId, counter, label, startedBy, person, overridden, provenance, pins, definition };
  const runId = give(id);
  tables.runs.push({ id: runId, ...facts, status: 'pending' });
  for (const [position, { name, jobs }] of definition.stages.entries()) {
    const stageId = give(stageIds[position] ?? 0);
    const place = { id: stageId, runId, pipelineId, position, name, counter: 1 };
    tables.stages.push({ ...place, ...freshStage });
    for (const job of jobs) addJob(tables, stageId, job.name);
  }
}

const freshStage = {
  latest: true,
  status: 'pending',
  readyAt: null,
  notBefore: null,
  expiresAt: null,
  approvedAt: null,
  startedAt: null,
  cancelAt: null,
  heldAt: null,
  waits: null,
} as const;

function addStage({ id, of, keepPassed }: EffectOf<'stage again'>, { tables, give, idOf }: Writing): void {
  const before = get(tables.stages, idOf(of.id));
  before.latest = false;
  const { runId, pipelineId, position, name, counter } = before;
  const fresh = { id: give(id), runId, pipelineId, position, name, counter: counter + 1 };
  tables.stages.push({ ...fresh, ...freshStage });
  for (const job of jobsOf(tables, before.id)) {
    addJob(tables, fresh.id, job.name, keepPassed && job.status === 'passed');
  }
}

function changePipeline({ id, patch }: EffectOf<'pipeline changed'>, { tables, idOf }: Writing): void {
  const row = get(tables.pipelines, id);
  const { paused, lockedBy, timer, timerWaits, lookAt } = patch;
  if (paused !== undefined) row.pausedAt = paused?.at ?? null;
  if (paused !== undefined) row.pausedReason = paused?.reason ?? null;
  if (lockedBy !== undefined) row.lockedBy = lockedBy === null ? null : idOf(lockedBy);
  if (timer) Object.assign(row, { timerAt: timer.at, timerSpec: timer.spec, timerWaits: null });
  if (timerWaits !== undefined) row.timerWaits = timerWaits;
  if (lookAt !== undefined) row.lookAt = lookAt;
}

function changePlace({ levelId, place }: EffectOf<'place changed'>, { tables, idOf }: Writing): void {
  const { packageId, state, live, entering, doubted, run } = place;
  const toId = (id: number | null | undefined) => (id === null || id === undefined ? null : idOf(id));
  const stays = { live: toId(live), entering: toId(entering), doubted: toId(doubted) };
  const others = tables.places.filter((row) => row.levelId !== levelId || row.packageId !== packageId);
  tables.places = [...others, { levelId, packageId, state, ...stays, runId: toId(run?.id) }];
}

function thaw(tables: Tables, levelId: number, packageId: number | null): void {
  tables.freezes = tables.freezes.filter((row) => row.levelId !== levelId || row.packageId !== packageId);
}

function endStage(tables: Tables, stage: StageRow, status: StageRow['status']): void {
  Object.assign(stage, { status, heldAt: null, waits: null });
  if (status !== 'cancelled') return;
  for (const job of jobsOf(tables, stage.id)) if (job.status === 'pending') job.status = 'cancelled';
}

function jobsOf({ jobs }: Tables, id: number): readonly JobRow[] {
  return jobs.filter(({ stageId }) => stageId === id);
}

function addJob(tables: Tables, stageId: number, name: string, isKept = false): void {
  const status = isKept ? 'passed' : 'pending';
  tables.jobs.push({ id: tables.nextId++, stageId, name, isKept, hasBegun: false, status });
}

function addAttempt(tables: Tables, jobId: number, number: number, key: string): void {
  const fresh = { state: 'due', fence: 0, owned: false } as const;
  tables.attempts.push({ id: tables.nextId++, jobId, number, key, ...fresh });
}
