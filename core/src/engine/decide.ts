import { because, type Refusal } from '../domain/reason.ts';
import type { Effect } from '../store/effects/effect.ts';
import { freezeLevel, recordAtLevel, unfreezeLevel } from './asked/act-on-level.ts';
import { approveStage, rejectStage } from './asked/approve.ts';
import { cancelStage } from './asked/cancel.ts';
import { findStage } from './asked/find-stage.ts';
import { operations } from './asked/operate.ts';
import { rerunStage } from './asked/rerun.ts';
import { triggerRun } from './asked/trigger.ts';
import { configure } from './configured/configure.ts';
import type { Draft, DraftStage } from './draft/draft.ts';
import { recordEnds } from './ended/record-ends.ts';
import type { Asked, Happening, LevelWish, PipelineWish, StageWish } from './happening.ts';
import type { Deciding } from './question.ts';
import { publish } from './starts/publish.ts';
import { goOn } from './starts/start.ts';

/** What a happening comes to. */
export interface Decided {
  readonly effects: readonly Effect[];
  /** Why somebody's wish is not fulfilled; then nothing but its decision is an effect. */
  readonly refusal: Refusal | undefined;
  /** The counter of the run that somebody triggered. */
  readonly run: number | undefined;
}

/**
 * Decides what follows from a happening, and all that follows from that: pure, but for the questions that it
 * yields. Every effect has its reason among the effects.
 */
export function* decide(draft: Draft, happening: Happening): Deciding<Decided> {
  const { refusal, run } = yield* take(draft, happening);
  if (!refusal) yield* goOn(draft);
  return { effects: draft.effects, refusal, run };
}

interface Taken {
  readonly refusal?: Refusal | undefined;
  readonly run?: number;
}

function* take(draft: Draft, happening: Happening): Deciding<Taken> {
  switch (happening.kind) {
    case 'published':
      yield* publish(draft, happening);
      return {};
    case 'ended':
      recordEnds(draft, happening);
      return {};
    case 'asked':
      return yield* fulfil(draft, happening);
    case 'configured':
      configure(draft);
      return {};
    case 'observed':
    case 'time':
      return {};
  }
}

function* fulfil(draft: Draft, asked: Asked): Deciding<Taken> {
  const { wish } = asked;
  if (wish.what === 'trigger') {
    const run = yield* triggerRun(draft, wish, asked);
    return 'code' in run ? { refusal: run } : { run: run.counter };
  }
  if (wish.what === 'release') return { refusal: release(draft) };
  if (wish.what === 'record') return { refusal: yield* recordAtLevel(draft, wish, asked) };
  if ('level' in wish) return { refusal: levelActions[wish.what](draft, wish, asked) };
  if ('stage' in wish) return { refusal: actOnStage(draft, wish, asked) };
  return { refusal: operate(draft, wish, asked) };
}

/** Lets go of all starts that are held: what waited begins in its turn. */
function release(draft: Draft): Refusal | undefined {
  if (!draft.hold) return because('not-held', {});
  draft.hold = undefined;
  draft.add({ kind: 'hold ended' });
  return undefined;
}

type LevelAction = (draft: Draft, wish: LevelWish, asked: Asked) => Refusal | undefined;

const levelActions: Readonly<Record<LevelWish['what'], LevelAction>> = {
  freeze: freezeLevel,
  unfreeze: unfreezeLevel,
};

type StageAction = (draft: Draft, stage: DraftStage, asked: Asked) => Refusal | undefined;

const stageActions: Readonly<Record<StageWish['what'], StageAction>> = {
  approve: approveStage,
  reject: rejectStage,
  rerun: (draft, stage, asked) => rerunStage(draft, stage, asked, { failedJobsOnly: false }),
  'rerun failed': (draft, stage, asked) => rerunStage(draft, stage, asked, { failedJobsOnly: true }),
  cancel: cancelStage,
};

function actOnStage(draft: Draft, wish: StageWish, asked: Asked): Refusal | undefined {
  const stage = findStage(draft, wish);
  return 'code' in stage ? stage : stageActions[wish.what](draft, stage, asked);
}

function operate(draft: Draft, wish: PipelineWish, asked: Asked): Refusal | undefined {
  const pipeline = draft.pipelines.find(({ name }) => name === wish.pipeline);
  if (!pipeline) return because('pipeline-unknown', { pipeline: wish.pipeline });
  return operations[wish.what](draft, pipeline, asked);
}
