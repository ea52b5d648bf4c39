import type { Config, PipelineConfig } from '../../config/config.ts';

/**
 * A configuration as a backtest applies it: what people decide and what clocks start is taken as it was
 * recorded, so that stages let everybody in, timers start nothing, and no lock waits for somebody to take it
 * away.
 */
export function simplifyConfig(config: Config): Config {
  return {
    ...config,
    pipelines: new Map([...config.pipelines].map(([name, pipeline]) => [name, simplifyPipeline(pipeline)])),
  };
}

function simplifyPipeline(pipeline: PipelineConfig): PipelineConfig {
  return {
    ...pipeline,
    timer: undefined,
    lock: pipeline.lock === 'none' ? 'none' : 'unlockWhenFinished',
    stages: pipeline.stages.map((stage) => ({ ...stage, approval: { type: 'auto' } })),
  };
}
