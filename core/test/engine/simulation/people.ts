import type { Config } from '../../../src/config/config.ts';
import { nameMaterial } from '../../../src/config/materials.ts';
import { type Actor, anonymous } from '../../../src/engine/actor.ts';
import type { Asked, MaterialChoice, StageWish, TriggerByHand } from '../../../src/engine/happening.ts';
import { mayOperate } from '../../../src/engine/rights.ts';
import type { Dice } from './dice.ts';
import { get, type StageRow, type Tables } from './tables.ts';
import type { Step } from './world.ts';

/** What people ask for, of whatever the world has, or has not. */
export function askRandomly(kind: Step['kind'], { tables, config, now, dice }: Asking): Asked | undefined {
  const actor = pickActor(config, now, dice);
  const comment = dice.chance(50) ? 'so be it' : undefined;
  const pipeline = pickPipeline(kind, tables, dice);
  const asked = (wish: Asked['wish']): Asked => ({ kind: 'asked', wish, actor, comment });
  const access = config.pipelines.get(pipeline)?.access;
  const isOperator = access === undefined || mayOperate(actor, access);
  switch (kind) {
    case 'approve':
    case 'reject':
      return asked(pickStage(kind, { tables, config, now, dice }));
    case 'rerun':
    case 'rerun failed':
    case 'cancel': {
      const wish = pickStage(kind, { tables, config, now, dice });
      const lists = config.pipelines.get(wish.pipeline)?.access;
      return lists && !mayOperate(actor, lists) ? undefined : asked(wish);
    }
    case 'trigger':
      return isOperator ? asked(chooseMaterials(pipeline, { tables, config, now, dice })) : undefined;
    case 'pause':
    case 'unpause':
    case 'unlock':
      return isOperator ? asked({ what: kind, pipeline }) : undefined;
    case 'take': {
      const held = tables.triggers.find(({ state }) => state === 'held')?.pipelineId;
      const name = held === undefined ? pipeline : get(tables.pipelines, held).name;
      return asked({
        what: `take ${dice.pick(['all', 'newest', 'none'] as const) ?? 'all'}`,
        pipeline: name,
      });
    }
    case 'record': {
      const name = dice.pick(tables.packages)?.name ?? '';
      const version = pickVersion(tables, name, dice) ?? '1.0.0';
      return asked({ what: kind, level: 'live', package: name, version });
    }
    case 'freeze':
    case 'unfreeze': {
      const until = dice.chance(50) ? now + 100_000 : undefined;
      const name = dice.chance(40) ? dice.pick(tables.packages)?.name : undefined;
      const level = dice.chance(95) ? 'live' : 'nowhere';
      return asked({ what: kind, level, package: name, until: kind === 'freeze' ? until : undefined });
    }
    case 'release':
      return asked({ what: 'release' });
    default:
      return undefined;
  }
}

interface Asking {
  readonly tables: Tables;
  readonly config: Config;
  readonly now: number;
  readonly dice: Dice;
}

/** Mostly one to which it can be done. */
function pickPipeline(kind: Step['kind'], { pipelines }: Tables, dice: Dice): string {
  const fitting = pipelines.filter(
    ({ pausedAt, lockedBy }) =>
      (kind === 'unpause' && pausedAt !== null) || (kind === 'unlock' && lockedBy !== null),
  );
  const from = fitting.length > 0 && dice.chance(90) ? fitting : pipelines;
  return dice.chance(2) ? 'nowhere' : (dice.pick(from)?.name ?? 'nowhere');
}

function pickActor({ access }: Config, now: number, dice: Dice): Actor {
  const tokens = [...(access?.tokens.values() ?? [])].filter(
    ({ expiresAt }) => expiresAt === undefined || expiresAt > now,
  );
  return dice.pick(tokens) ?? anonymous;
}

type Wanted = (row: StageRow) => boolean;

const wanted: Readonly<Record<StageWish['what'], Wanted>> = {
  approve: ({ status }) => status === 'waiting',
  reject: ({ status }) => status === 'waiting',
  rerun: ({ status }) => status === 'passed' || status === 'failed',
  'rerun failed': ({ status }) => status === 'failed',
  cancel: ({ status, readyAt }) => status === 'running' || (status === 'pending' && readyAt !== null),
};

/** Mostly one to which it can be done. */
function pickStage(what: StageWish['what'], { tables, dice }: Asking): StageWish {
  const latest = tables.stages.filter((row) => row.latest);
  const fitting = latest.filter(wanted[what]).slice(-6);
  const stage = dice.pick(fitting.length > 0 && dice.chance(90) ? fitting : latest);
  if (!stage || dice.chance(1)) return { what, pipeline: 'p', counter: 999, stage: 'build' };
  const counter = get(tables.runs, stage.runId).counter;
  const pipeline = get(tables.pipelines, stage.pipelineId).name;
  return {
    what,
    pipeline,
    counter,
    stage: dice.chance(1) ? 'nowhere' : stage.name,
    stageCounter: dice.chance(10) ? 1 : undefined,
  };
}

function chooseMaterials(pipeline: string, { tables, config, dice }: Asking): TriggerByHand {
  const materials: Record<string, MaterialChoice> = {};
  for (const material of config.pipelines.get(pipeline)?.materials ?? []) {
    if (!dice.chance(35)) continue;
    const name = nameMaterial(material);
    const other = { passed: { pipeline: dice.chance(5) ? 'nowhere' : 'p', stage: 'build' } };
    const run = () => dice.pick(tables.runs.filter((one) => one.pipelineId === idOf(tables, name)));
    const choice = 'pipeline' in material ? run()?.counter : pickVersion(tables, name, dice);
    materials[name] = dice.chance(12) ? other : (choice ?? 77);
  }
  if (dice.chance(2)) materials['npmjs/nothing'] = '1.0.0';
  const environment: Record<string, string> = dice.chance(3) ? { MODE: 'fast' } : {};
  return { what: 'trigger', pipeline, materials, override: dice.chance(20), environment };
}

function pickVersion(tables: Tables, name: string, dice: Dice): string | undefined {
  const id = tables.packages.find((one) => one.name === name)?.id;
  return dice.pick(tables.revisions.filter(({ packageId }) => packageId === id))?.version;
}

function idOf({ pipelines }: Tables, pipeline: string): number | undefined {
  return pipelines.find(({ name }) => name === pipeline)?.id;
}
