import type { Config, PipelineConfig } from './config.ts';
import { findDeployment } from './deployment.ts';
import type { Finding } from './problem.ts';

/** Pipelines that deploy one package at one level, where one of them does not say so by `deploys:`. */
export function* warnOfLevels(config: Config): Generator<Finding> {
  const deployed = new Map<string, { readonly pipeline: string; readonly isSaid: boolean }>();
  for (const pipeline of config.pipelines.values()) {
    for (const one of listDeployed(config, pipeline)) {
      const place = `${one.package} at level "${one.level}"`;
      const before = deployed.get(place);
      deployed.set(place, before ?? { pipeline: pipeline.name, isSaid: one.isSaid });
      if (!before || before.pipeline === pipeline.name || (before.isSaid && one.isSaid)) continue;
      const both = `this and pipeline "${before.pipeline}" both deploy ${place}`;
      const message = `${both}; say in both what they deploy, by deploys:`;
      yield { path: ['pipelines', pipeline.name, 'stages', String(one.position)], at: 'value', message };
    }
  }
}

function listDeployed(config: Config, { name, stages }: PipelineConfig) {
  return stages.flatMap((stage, position) => {
    const { level, packages = [] } = findDeployment(config, name, stage.name) ?? {};
    return packages.map((one) => ({ package: one, level, position, isSaid: stage.deploys !== undefined }));
  });
}
