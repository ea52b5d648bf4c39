import type { Config } from './config.ts';
import { isPipelineMaterial, nameMaterial } from './materials.ts';

/**
 * What stands behind a pipeline by the configuration: packages as `repository/package`, and pipelines, itself
 * included.
 */
export interface Behind {
  readonly packages: ReadonlySet<string>;
  readonly pipelines: ReadonlySet<string>;
}

const known = new WeakMap<Config, Map<string, Behind>>();

/** What stands behind a pipeline by the configuration, transitively. */
export function listBehind(config: Config, pipeline: string): Behind {
  const memory = known.get(config) ?? new Map<string, Behind>();
  known.set(config, memory);
  const remembered = memory.get(pipeline);
  if (remembered) return remembered;
  const packages = new Set<string>();
  const pipelines = new Set([pipeline]);
  for (const material of config.pipelines.get(pipeline)?.materials ?? []) {
    if (!isPipelineMaterial(material)) packages.add(nameMaterial(material));
    else {
      const upstream = listBehind(config, material.pipeline);
      for (const name of upstream.packages) packages.add(name);
      for (const name of upstream.pipelines) pipelines.add(name);
    }
  }
  const behind = { packages, pipelines };
  memory.set(pipeline, behind);
  return behind;
}
