import type { PipelineConfig } from '../../config/config.ts';
import { because, type Reason } from '../../domain/reason.ts';
import type { Draft, DraftPipeline } from '../draft/draft.ts';
import { createCandidateList } from '../fan-in/candidates.ts';
import { findLacking } from '../fan-in/lacking.ts';
import { resolveMaterials } from '../fan-in/materials.ts';
import { searchSet } from '../fan-in/search.ts';
import type { Deciding } from '../question.ts';
import { createRun, listVersions } from './create-run.ts';
import { findObstacle } from './obstacles.ts';
import { pinMaterials } from './pin-materials.ts';

const mostSteps = 1_000;

/** What a pipeline's timer came to, and when it comes next, in milliseconds. */
export interface Timed {
  readonly started: boolean;
  readonly next: number | undefined;
}

/**
 * Starts a run whose timer has come, of the newest materials that agree. One that cannot start now stays due,
 * so that it is not lost over a pause or a restart; many moments that passed meanwhile are one.
 */
export function* startByTimer(
  draft: Draft,
  pipeline: DraftPipeline,
  definition: PipelineConfig,
): Deciding<Timed> {
  const { timer } = definition;
  if (!timer || pipeline.timerAt === null) return { started: false, next: undefined };
  if (pipeline.timerAt > draft.now) return { started: false, next: pipeline.timerAt };
  const came = yield* comes(draft, pipeline, definition);
  if ('waits' in came) {
    sayTimerWaits(draft, pipeline, came);
    return { started: false, next: undefined };
  }
  const next = draft.inForce.calendar.findNext(timer.cron, draft.now);
  draft.change(pipeline, { timer: { at: next ?? null, spec: pipeline.timerSpec } });
  return { started: came.started, next };
}

type Came = { readonly started: boolean } | { readonly waits: string; readonly why: Reason };

function* comes(draft: Draft, pipeline: DraftPipeline, definition: PipelineConfig): Deciding<Came> {
  const { config } = draft.inForce;
  const obstacle = findObstacle(draft, pipeline);
  if (obstacle) return { waits: obstacle.code, why: obstacle };
  const { materials, unknown } = resolveMaterials(definition, config, draft.situation.materialIds);
  if (unknown.length > 0) return { waits: 'missing', why: because('no-version', { materials: unknown }) };
  const wanted = { materials, anchors: new Map(), list: createCandidateList() };
  const set = yield* searchSet({ ...wanted, admits: () => true, accepts: () => true, steps: mostSteps });
  if (set.kind !== 'found') return { waits: 'set', why: yield* findLacking(wanted, config) };
  const pins = pinMaterials(pipeline.previousPins, materials, set.candidates, draft.inForce);
  if (definition.timer?.onlyOnChanges && !pins.some(({ changed }) => changed)) {
    draft.decide(pipeline, {
      outcome: 'refused',
      reason: because('unchanged', {}),
      materials: listVersions(pins),
    });
    return { started: false };
  }
  const cause = because('timer-came', { cron: definition.timer?.cron ?? '' });
  createRun(draft, pipeline, { definition, materials, set, cause, startedBy: 'timer' });
  return { started: true };
}

function sayTimerWaits(
  draft: Draft,
  pipeline: DraftPipeline,
  { waits, why }: { readonly waits: string; readonly why: Reason },
): void {
  if (pipeline.timerWaits === waits) return;
  draft.change(pipeline, { timerWaits: waits });
  draft.decide(pipeline, { outcome: 'waits', reason: because('timer-waits', { why }) });
}
