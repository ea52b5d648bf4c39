import { createHash } from 'node:crypto';
import type {
  ApprovalConfig,
  Config,
  ManualApproval,
  PackageMaterial,
  PipelineConfig,
  PipelineMaterial,
  RepositoryConfig,
  StageConfig,
  TriggerMode,
} from '../../src/config/config.ts';
import type { JobConfig, RunJob } from '../../src/config/jobs.ts';

export function runJob(name: string, changes: Partial<RunJob> = {}): RunJob {
  return { kind: 'run', name, command: 'true', timeoutMs: 60_000, secrets: [], onDoubt: 'fail', ...changes };
}

export function makeStage(
  name: string,
  jobs: readonly JobConfig[] = [runJob('work')],
  approval: ApprovalConfig = { type: 'auto' },
): StageConfig {
  return { name, approval, jobs };
}

export function makeApproval(changes: Partial<ManualApproval> = {}): ManualApproval {
  return { type: 'manual', by: [], required: 1, notSelf: false, evenAfterFailure: false, ...changes };
}

export function dependOn(
  pipeline: string,
  trigger: TriggerMode = 'latest',
  stage = 'deploy',
): PipelineMaterial {
  return { pipeline, stage, trigger, as: pipeline.toUpperCase() };
}

export function listenTo(name: string, trigger: TriggerMode = 'latest'): PackageMaterial {
  return { repository: 'npmjs', package: name, trigger, as: `NPMJS_${name.toUpperCase()}` };
}

export function makePipeline(name: string, changes: Partial<PipelineConfig> = {}): PipelineConfig {
  const rest: Omit<PipelineConfig, 'name' | 'stages'> = {
    group: undefined,
    label: '${COUNT}-${npmjs_a}',
    materials: [listenTo('a')],
    environment: {},
    timer: undefined,
    publishes: [],
    lock: 'none',
    maxNewRuns: 20,
    access: { view: undefined, operate: undefined, approve: undefined },
  };
  return { name, ...rest, stages: [makeStage('build'), makeStage('deploy')], ...changes };
}

const npmjs: RepositoryConfig = {
  name: 'npmjs',
  plugin: 'npm',
  config: { url: 'https://registry.example.com/', token: '${env:TOKEN}' },
  poll: { manual: true },
  hookSecret: undefined,
  http: { clientCert: undefined, clientKey: undefined, trust: [] },
  formerly: [],
  packages: new Map(
    ['a', 'b'].map((name) => [
      name,
      { name, config: { name, versions: '^1', tagName: 'x' }, first: 'latest', accept: [] },
    ]),
  ),
};

export function makeConfig(pipelines: readonly PipelineConfig[], changes: Partial<Config> = {}): Config {
  return {
    file: '/etc/sluice.yaml',
    directory: '/etc',
    files: ['/etc/sluice.yaml'],
    include: [],
    warnings: [],
    places: new Map(),
    hash: createHash('sha256').update(JSON.stringify(pipelines)).digest('hex'),
    server: { host: '127.0.0.1', port: 0, url: undefined, trustProxy: false },
    store: 'sqlite:sluice.db',
    timezone: 'UTC',
    plugins: [],
    pluginLimits: { silenceMs: 1, totalMs: 1, memoryBytes: 1 },
    http: { proxy: undefined, noProxy: [], ca: undefined, concurrencyPerHost: 1 },
    retention: { logsMs: 1_000, pollsMs: 1_000, decisionsMs: 1_000, runs: 2 },
    minFree: 0,
    access: undefined,
    events: [],
    targets: { allowPrivate: true },
    repositories: new Map([['npmjs', npmjs]]),
    levels: [],
    pipelines: new Map(pipelines.map((pipeline) => [pipeline.name, pipeline])),
    ...changes,
  };
}

export const secretFields = () => ({ repository: ['token'], package: [] });
