import { buildPipelineAccess } from './build-access.ts';
import { buildApproval } from './build-approval.ts';
import { buildJob, type JobOrigin } from './build-job.ts';
import type { Material, PipelineConfig, StageConfig, Template } from './config.ts';
import { defaults } from './defaults.ts';
import { toMaterialName } from './environment-names.ts';
import type { RawMaterial, RawPipeline, RawStage } from './raw-config.ts';

/** Fills in a text that everything else sees filled in; others stay templates. */
export type Resolve = (template: Template) => string;

/** One of the pipelines of a configuration that has no mistake. */
export function buildPipeline(
  name: string,
  all: Readonly<Record<string, RawPipeline>>,
  origin: JobOrigin,
): PipelineConfig {
  const { resolve } = origin;
  const raw = all[name];
  if (!raw) throw new Error(`there is no pipeline ${name}`);
  const {
    group,
    label,
    materials,
    timer,
    publishes = [],
    lock,
    maxNewRuns,
    environment = {},
    access = {},
    stages,
  } = raw;
  return {
    name,
    group: group === undefined ? undefined : resolve(group),
    label: label ?? defaults.label,
    materials: materials.map((material) => buildMaterial(material, all, resolve)),
    timer: timer && { cron: resolve(timer.cron), onlyOnChanges: timer.onlyOnChanges ?? false },
    publishes: publishes.map(resolve),
    lock: lock ?? defaults.lock,
    maxNewRuns: maxNewRuns ?? defaults.maxNewRuns,
    environment,
    access: buildPipelineAccess(access, resolve),
    stages: stages.map((stage) => buildStage(stage, origin)),
  };
}

function buildMaterial(
  { package: reference, pipeline, stage, trigger = defaults.trigger, as }: RawMaterial,
  all: Readonly<Record<string, RawPipeline>>,
  resolve: Resolve,
): Material {
  if (pipeline !== undefined) {
    const upstream = resolve(pipeline);
    const last = all[upstream]?.stages.at(-1)?.name ?? '';
    const name = as === undefined ? upstream : resolve(as);
    return { pipeline: upstream, stage: resolve(stage ?? last), trigger, as: toMaterialName(name) };
  }
  const [repository = '', packageName = ''] = resolve(reference ?? '').split('/');
  const name = as === undefined ? `${repository}_${packageName}` : resolve(as);
  return { repository, package: packageName, trigger, as: toMaterialName(name) };
}

function buildStage(
  { name, approval = 'auto', level, deploys, jobs }: RawStage,
  origin: JobOrigin,
): StageConfig {
  return {
    name: origin.resolve(name),
    ...(level !== undefined && { level: origin.resolve(level) }),
    ...(deploys && { deploys: deploys.map(origin.resolve) }),
    approval: buildApproval(approval, origin.resolve),
    jobs: Object.entries(jobs).map(([job, raw]) => buildJob(job, raw, origin)),
  };
}
