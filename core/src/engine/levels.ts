import { listBehind } from '../config/behind.ts';
import type { Config, PipelineConfig } from '../config/config.ts';
import { isPipelineMaterial } from '../config/materials.ts';

/** A promotion level: a stage of a pipeline. */
export interface Level {
  readonly pipeline: string;
  readonly stage: string;
  /** The levels right before it, by their place in the list. */
  readonly after: readonly number[];
}

/**
 * The levels that a package, `repository/package`, flows through, in the order of the flow: of pipelines that
 * have it behind them, those first that depend on fewer others, then as the configuration has them.
 */
export function listLevels(
  config: Config,
  packageName: string,
  isShown: (pipeline: string) => boolean,
): readonly Level[] {
  const pipelines = [...config.pipelines.values()]
    .filter(({ name }) => isShown(name) && listBehind(config, name).packages.has(packageName))
    .map((pipeline) => ({ pipeline, depth: findDepth(config, pipeline) }))
    .toSorted((a, b) => a.depth - b.depth)
    .map(({ pipeline }) => pipeline);
  const places = new Map<string, number>();
  for (const { name, stages } of pipelines)
    for (const stage of stages) places.set(`${name} ${stage.name}`, places.size);
  return pipelines.flatMap((pipeline) =>
    pipeline.stages.map(({ name: stage }, position) => {
      const before = pipeline.stages[position - 1];
      const names = before ? [`${pipeline.name} ${before.name}`] : listUpstream(pipeline);
      return { pipeline: pipeline.name, stage, after: names.flatMap((name) => places.get(name) ?? []) };
    }),
  );
}

function listUpstream({ materials }: PipelineConfig): readonly string[] {
  return materials.filter(isPipelineMaterial).map(({ pipeline, stage }) => `${pipeline} ${stage}`);
}

const depths = new WeakMap<Config, Map<string, number>>();

/** How many pipelines stand behind one another before it, at most. */
function findDepth(config: Config, { name, materials }: PipelineConfig): number {
  const known = depths.get(config) ?? new Map<string, number>();
  depths.set(config, known);
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  const upstream = materials
    .filter(isPipelineMaterial)
    .flatMap(({ pipeline }) => config.pipelines.get(pipeline) ?? []);
  const depth = Math.max(0, ...upstream.map((one) => findDepth(config, one) + 1));
  known.set(name, depth);
  return depth;
}
