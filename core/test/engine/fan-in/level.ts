import type { Material, PipelineConfig } from '../../../src/config/config.ts';
import { makePipeline, makeStage } from '../configs.ts';

/** A pipeline of one stage, `deploy`, as tests of fan-in need them. */
export function makeLevel(name: string, ...materials: readonly Material[]): PipelineConfig {
  return makePipeline(name, { label: '${COUNT}', materials, stages: [makeStage('deploy')] });
}
