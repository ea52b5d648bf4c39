import type { AccessConfig, TokenConfig } from '../../../src/config/access.ts';
import type {
  ApprovalConfig,
  Config,
  ManualApproval,
  Material,
  PackageConfig,
  PipelineConfig,
  StageConfig,
} from '../../../src/config/config.ts';
import { dependOn, listenTo, makeApproval, makeConfig, makePipeline, makeStage, runJob } from '../configs.ts';
import { Dice } from './dice.ts';

const second = 1_000;
/** How often anything that is written as cron comes, in milliseconds. */
export const period = 600 * second;
/** When every world begins, in milliseconds. */
export const beginning = 10 * period;

/** What can happen, and how often it does. */
export const weights = {
  poll: 26,
  work: 60,
  approve: 24,
  reject: 1,
  rerun: 6,
  'rerun failed': 4,
  cancel: 3,
  trigger: 10,
  pause: 2,
  unpause: 6,
  unlock: 6,
  take: 6,
  release: 5,
  hold: 1,
  time: 18,
  restart: 1,
  reload: 3,
  acknowledge: 6,
  select: 1,
  freeze: 3,
  record: 2,
  unfreeze: 4,
} as const;

/** A happening to come: what it is about is found by its own seed, in the world as it is by then. */
export interface Step {
  readonly kind: keyof typeof weights;
  readonly seed: number;
}

/** A world to be played. */
export interface WorldPlan {
  readonly seed: number;
  /** The first is in force at the beginning. */
  readonly configs: readonly Config[];
  /** Those of the packages that follow a pointer. */
  readonly followers: readonly string[];
  readonly steps: readonly Step[];
}

/** A random world of so many happenings. */
export function planWorld(seed: number, steps: number): WorldPlan {
  const dice = new Dice(seed);
  const packages = ['a', 'b', 'c'].slice(0, 1 + dice.roll(3)).map((name) => describePackage(dice, name));
  const pipelines = describePipelines(dice, packages);
  const first = configure(dice, packages, pipelines, `${seed} 0`);
  const others = [1, 2, 3].map((number) => {
    const changed = changePipelines(dice, pipelines);
    return configure(dice, packages, changed, `${seed} ${number}`);
  });
  return {
    seed,
    configs: [first, ...others],
    followers: dice.some(packages, 20).map(({ name }) => name),
    steps: Array.from({ length: steps }, () => ({ kind: dice.weigh(weights), seed: dice.roll(2 ** 31) })),
  };
}

function describePackage(dice: Dice, name: string): PackageConfig {
  const accept = dice.some(['deprecated', 'yanked'] as const, 20);
  return { name, config: {}, first: dice.chance(75) ? 'latest' : 'none', accept };
}

function configure(
  dice: Dice,
  packages: readonly PackageConfig[],
  pipelines: readonly PipelineConfig[],
  hash: string,
): Config {
  const known = makeConfig([]).repositories.get('npmjs');
  if (!known) throw new Error('there is no repository npmjs');
  const npmjs = { ...known, packages: new Map(packages.map((one) => [one.name, one])) };
  const access = dice.chance(25) ? undefined : describeAccess(dice);
  const levels = dice.chance(70) ? ['live', ...dice.some(['qa'], 30)] : [];
  return makeConfig(pipelines, { hash, access, levels, repositories: new Map([['npmjs', npmjs]]) });
}

const people = [
  ['alice', 'alice', 'operator', 'qa'],
  ['laptop', 'alice', 'operator'],
  ['bob', 'bob', 'operator', 'qa'],
  ['carol', 'carol', 'operator'],
  ['dave', 'dave', 'viewer'],
  ['root', 'root', 'admin'],
] as const;

function describeAccess(dice: Dice): AccessConfig {
  const present = people.filter(([name]) => name === 'root' || dice.chance(85));
  const tokens = present.map(([name, person, ...roles]): TokenConfig => {
    const expiresAt = dice.chance(10) ? beginning + dice.roll(10) * period : undefined;
    return { name, person, roles, sha256: [], expiresAt };
  });
  return { tokens: new Map(tokens.map((token) => [token.name, token])) };
}

function describePipelines(dice: Dice, packages: readonly PackageConfig[]): readonly PipelineConfig[] {
  const pipelines: PipelineConfig[] = [];
  for (const name of ['p', 'q', 'r', 's', 't'].slice(0, 1 + dice.roll(5))) {
    pipelines.push(describePipeline(dice, name, packages, pipelines));
  }
  return pipelines;
}

function describePipeline(
  dice: Dice,
  name: string,
  packages: readonly PackageConfig[],
  before: readonly PipelineConfig[],
): PipelineConfig {
  const trigger = () => dice.weigh({ latest: 6, every: 3, manual: 1 });
  const own = dice.some(packages, before.length === 0 ? 60 : 25);
  const upstream = dice.some(before, 60).slice(-3);
  const materials: Material[] = [
    ...own.map((one) => listenTo(one.name, trigger())),
    ...upstream.map((one) => dependOn(one.name, trigger(), dice.pick(one.stages)?.name)),
  ];
  if (materials.length === 0) materials.push(listenTo(packages[0]?.name ?? '', trigger()));
  return makePipeline(name, {
    materials,
    label: '${COUNT}',
    maxNewRuns: dice.pick([1, 2, 3, 20]) ?? 1,
    lock: dice.weigh({ none: 5, onFailure: 3, unlockWhenFinished: 2 }),
    timer: dice.chance(20) ? { cron: '*/10 * * * *', onlyOnChanges: dice.chance(50) } : undefined,
    access: describeLists(dice),
    stages: ['build', 'qa', 'live'].slice(0, 1 + dice.roll(3)).map((stage) => describeStage(dice, stage)),
  });
}

function describeLists(dice: Dice): PipelineConfig['access'] {
  const list = (percent: number) =>
    dice.chance(percent) ? dice.some(['alice', 'bob', 'carol', 'role:qa'], 60) : undefined;
  return { view: undefined, operate: list(15), approve: list(15) };
}

function describeStage(dice: Dice, name: string): StageConfig {
  const jobs = ['one', 'two'].slice(0, 1 + dice.roll(2)).map((job) => {
    return runJob(job, { onDoubt: dice.chance(50) ? 'restart' : 'fail' });
  });
  const stage = makeStage(name, jobs, describeApproval(dice));
  if (!dice.chance(15)) return stage;
  return dice.chance(60) ? { ...stage, level: 'live' } : { ...stage, deploys: ['npmjs/a'] };
}

function describeApproval(dice: Dice): ApprovalConfig {
  const common = {
    ...(dice.chance(15) && { afterMs: 100 * second }),
    ...(dice.chance(15) && { window: { cron: '*/10 * * * *', forMs: 200 * second } }),
  };
  return dice.chance(60) ? { type: 'auto', ...common } : { ...describeManual(dice), ...common };
}

function describeManual(dice: Dice): ManualApproval {
  return makeApproval({
    by: dice.chance(50) ? dice.some(['alice', 'bob', 'carol', 'role:qa'], 50) : [],
    required: 1 + dice.roll(2),
    notSelf: dice.chance(30),
    evenAfterFailure: dice.chance(40),
    ...(dice.chance(30) && { expiresMs: 400 * second }),
  });
}

/** The same pipelines, some of them gone with those that need them, or with other approvals and materials. */
function changePipelines(dice: Dice, pipelines: readonly PipelineConfig[]): readonly PipelineConfig[] {
  const kept: PipelineConfig[] = [];
  for (const pipeline of pipelines) {
    const isPossible = pipeline.materials.every(
      (one) => !('pipeline' in one) || kept.some(({ name }) => name === one.pipeline),
    );
    if (isPossible && !dice.chance(12)) kept.push(changePipeline(dice, pipeline, pipelines));
  }
  return kept;
}

function changePipeline(
  dice: Dice,
  pipeline: PipelineConfig,
  pipelines: readonly PipelineConfig[],
): PipelineConfig {
  const fewer = dice.chance(20) ? dice.some(pipeline.materials, 60) : pipeline.materials;
  const materials = fewer.length === 0 ? pipeline.materials : fewer;
  // A stage that another pipeline listens to has to stay.
  const isNeeded = (stage: string) =>
    pipelines.some((one) =>
      one.materials.some(
        (each) => 'pipeline' in each && each.pipeline === pipeline.name && each.stage === stage,
      ),
    );
  const stages = pipeline.stages
    .filter(({ name }, place) => place === 0 || isNeeded(name) || !dice.chance(10))
    .map((stage) => (dice.chance(40) ? { ...stage, approval: describeApproval(dice) } : stage));
  return {
    ...pipeline,
    materials: materials.map((one) => (dice.chance(15) ? { ...one, trigger: 'every' } : one)),
    stages,
    ...(dice.chance(20) && { access: describeLists(dice) }),
    ...(dice.chance(10) && { lock: 'none' as const }),
  };
}
