import type { PipelineConfig } from '../../config/config.ts';
import { nameMaterial } from '../../config/materials.ts';
import { because, type Refusal } from '../../domain/reason.ts';
import { anonymous } from '../actor.ts';
import type { Draft, DraftPipeline, DraftRun } from '../draft/draft.ts';
import { createCandidateList } from '../fan-in/candidates.ts';
import { findLacking } from '../fan-in/lacking.ts';
import { type ResolvedMaterial, resolveMaterials } from '../fan-in/materials.ts';
import { type FoundSet, searchSet } from '../fan-in/search.ts';
import type { Asked, TriggerByHand } from '../happening.ts';
import type { Deciding } from '../question.ts';
import { createRun } from '../starts/create-run.ts';
import { chooseByHand } from './choose-by-hand.ts';

const namesShown = 5;
const charactersShown = 255;
const mostSteps = 10_000;

/**
 * Starts a run because somebody asks for it, with chosen versions and upstream runs: they are pins, and touch
 * no trigger; the other materials contribute the newest that agrees with them. A run that finds the first
 * stage occupied waits for its turn there. What is refused is recorded as a decision, too.
 */
export function* triggerRun(draft: Draft, wish: TriggerByHand, asked: Asked): Deciding<DraftRun | Refusal> {
  const pipeline = draft.pipelines.find(({ name }) => name === wish.pipeline);
  const definition = pipeline?.definition;
  if (!pipeline || !definition) return because('pipeline-unknown', { pipeline: wish.pipeline });
  const plan = yield* planRun(draft, pipeline, definition, wish);
  if ('code' in plan) {
    draft.decide(pipeline, { outcome: 'refused', reason: plan, materials: keepKnown(definition, wish) });
    return plan;
  }
  const { actor, comment } = asked;
  const by = actor === anonymous ? null : actor.name;
  return createRun(draft, pipeline, {
    ...plan,
    definition,
    cause: because('triggered', { by, override: wish.override, comment: comment ?? null }),
    startedBy: 'person',
    byHand: { person: actor.person, overridden: wish.override, environment: wish.environment },
  });
}

interface Plan {
  readonly materials: readonly ResolvedMaterial[];
  readonly set: FoundSet;
}

function* planRun(
  draft: Draft,
  pipeline: DraftPipeline,
  definition: PipelineConfig,
  wish: TriggerByHand,
): Deciding<Plan | Refusal> {
  const { config } = draft.inForce;
  const { materialIds } = draft.situation;
  const { name } = definition;
  if (wish.obstacle) return wish.obstacle;
  if (draft.hold) return because('hold', { why: draft.hold.reason });
  if (pipeline.pausedAt !== null) return because('pipeline-paused', { pipeline: name });
  const undeclared = Object.keys(wish.environment).filter(
    (key) => !Object.hasOwn(definition.environment, key),
  );
  if (undeclared.length > 0) {
    return because('variable-unknown', { pipeline: name, names: undeclared.slice(0, namesShown) });
  }
  const { materials, unknown } = resolveMaterials(definition, config, materialIds);
  if (unknown.length > 0) {
    return because('set-missing', { pipeline: name, why: because('no-version', { materials: unknown }) });
  }
  const anchors = yield* chooseByHand(materials, wish, materialIds.pipelines);
  if ('code' in anchors) return anchors;
  const list = createCandidateList({ byHand: true, override: wish.override });
  const wanted = { materials, anchors, list };
  const set = yield* searchSet({ ...wanted, admits: () => true, accepts: () => true, steps: mostSteps });
  if (set.kind === 'found') return { materials, set };
  const isGivenUp = set.kind === 'given up';
  const why = isGivenUp ? because('no-set-found', { steps: mostSteps }) : yield* findLacking(wanted, config);
  return because('set-missing', { pipeline: name, why });
}

/** What somebody chose, of the materials that there are. */
function keepKnown(
  { materials }: PipelineConfig,
  { materials: choices }: TriggerByHand,
): Readonly<Record<string, string | number>> {
  const chosen = materials.map(nameMaterial).flatMap((name) => {
    const choice = Object.hasOwn(choices, name) ? choices[name] : undefined;
    if (choice === undefined) return [];
    const shown = typeof choice === 'object' ? `${choice.passed.pipeline}/${choice.passed.stage}` : choice;
    return [[name, typeof shown === 'string' ? shown.slice(0, charactersShown) : shown] as const];
  });
  return Object.fromEntries(chosen);
}
