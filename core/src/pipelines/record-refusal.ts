import type { PipelineConfig } from '../config/config.ts';
import { nameMaterial } from '../config/materials.ts';
import { appendDecisions } from '../store/decisions.ts';
import { findPipeline } from '../store/pipelines.ts';
import type { Tx } from '../store/store.ts';
import type { Choices } from './choose-by-hand.ts';
import type { StartOptions } from './start-runs.ts';

const charactersShown = 255;

/** A request for a run that starts nothing, and why. */
interface RefusedRequest extends Pick<Choices, 'materials'> {
  readonly pipeline: string;
  readonly reason: string;
}

/** Records as a decision why what somebody asks of a pipeline starts nothing. */
export async function recordRefusal(
  tx: Tx,
  { pipeline, materials, reason }: RefusedRequest,
  { config, now }: Pick<StartOptions, 'config' | 'now'>,
): Promise<void> {
  const definition = config.pipelines.get(pipeline);
  const id = definition && (await findPipeline(tx, definition.name));
  if (!definition || id === undefined) return;
  const about = { at: now, pipelineId: id, packageId: null, version: null, runId: null } as const;
  await appendDecisions(tx, [{ ...about, outcome: 'refused', reason, materials: keepKnown(definition, materials) }]);
}

function keepKnown({ materials }: PipelineConfig, choices: Choices['materials']): Readonly<Record<string, string | number>> {
  const chosen = materials.map(nameMaterial).flatMap((name) => {
    const choice = Object.hasOwn(choices, name) ? choices[name] : undefined;
    if (choice === undefined) return [];
    return [[name, typeof choice === 'object' ? `${choice.passed.pipeline}/${choice.passed.stage}` : choice] as const];
  });
  return Object.fromEntries(
    chosen.map(([name, choice]) => [name, typeof choice === 'string' ? choice.slice(0, charactersShown) : choice]),
  );
}
