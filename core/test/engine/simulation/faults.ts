import type { Effect } from '../../../src/store/effects/effect.ts';
import type {
  PipelineSituation,
  RunSituation,
  StageSituation,
} from '../../../src/store/situations/situation.ts';
import type { SeededFault } from './simulation.ts';
import { period } from './world.ts';

/** Ways in which the engine could be wrong, each of which some world is to show. */
export const faults: Readonly<Record<string, SeededFault>> = {
  'a set that has started is not noted': drop('set started'),
  'a version is missed': forget('trigger wished'),
  'a pass is missed': forget('pass wished'),
  'a version is wished for twice': {
    effects: (effects) =>
      effects.flatMap<Effect>((one) =>
        one.kind === 'trigger wished' ? [one, { ...one, id: one.id - 1_000_000 }] : one,
      ),
  },
  'a wish that was wished for before is wished for again': {
    answers: (book) => ({ ...book, wishedBefore: async () => new Set() }),
  },
  'a trigger stays when it has started a run': drop('trigger fulfilled'),
  'a stage begins that should ask people': {
    effects: (effects) =>
      effects.map((one) => (one.kind === 'stage asks' ? { kind: 'stage begun', stage: one.stage } : one)),
  },
  'one approval is enough': changeStages((stage) => ({
    ...stage,
    words: stage.words.flatMap((word) => [word, { ...word, person: 'root' }]),
  })),
  'everybody may approve': { config: (config) => ({ ...config, access: undefined }) },
  'a pause stops nothing': changePipelines((one) => ({ ...one, pausedAt: null })),
  'a hold stops nothing': { situation: (situation) => ({ ...situation, hold: undefined }) },
  'a lock keeps nobody out': changePipelines((one) => ({ ...one, lockedBy: null })),
  'a lock is not given back': {
    effects: (effects) =>
      effects.filter((one) => one.kind !== 'pipeline changed' || one.patch.lockedBy !== null),
  },
  'an alarm stops nothing': changeRuns((run) => ({ ...run, alarms: [] })),
  'whoever is in at a level keeps nobody out': {
    situation: (situation) => ({
      ...situation,
      levels: situation.levels.map((level) => ({
        ...level,
        places: level.places.map((place) => ({ ...place, run: null })),
      })),
    }),
  },
  'a freeze stops nothing': {
    situation: (situation) => ({
      ...situation,
      levels: situation.levels.map((level) => ({ ...level, freezes: [] })),
    }),
  },
  'what has passed at a level is not there': drop('place changed'),
  'nobody is told that a level is free': drop('level freed'),
  'nobody rests': changeStages((stage) => ({ ...stage, notBefore: null })),
  'a window never closes': {
    calendar: {
      findNext: (_, now) => (Math.floor(now / period) + 1) * period,
      findLast: (_, { now }) => now,
    },
  },
  'an approval never expires': changeStages((stage) => ({ ...stage, expiresAt: null })),
  'there is no floor': changePipelines((one) => ({ ...one, lastAutomatic: undefined })),
  'runs that do not agree make a set': {
    answers: (book) => ({
      ...book,
      passedRuns: async (query) =>
        (await book.passedRuns({ ...query, value: undefined, above: undefined })).map((run) => ({
          ...run,
          provenance: { packages: new Map(), pipelines: new Map() },
        })),
    }),
  },
  'a run that has not passed is a candidate': {
    answers: (book, tables) => ({
      ...book,
      passedRuns: async (query) => {
        const found = await book.passedRuns(query);
        return found.map((one) => {
          const other = tables.runs.findLast(({ pipelineId }) => pipelineId === one.run.pipelineId);
          return other ? { ...one, run: { ...one.run, id: other.id, counter: other.counter } } : one;
        });
      },
    }),
  },
  'what is deprecated or withdrawn may start': {
    answers: (book, tables) => ({
      ...book,
      startable: async (query) => {
        const [found] = await book.startable(query);
        const other = tables.revisions.find(
          ({ packageId, state }) => packageId === query.packageId && state !== 'published',
        );
        return found && other ? [{ ...found, id: other.id, version: other.version }] : [];
      },
    }),
  },
  'what is only started by hand starts by itself': {
    situation: (situation) => ({
      ...situation,
      listeners: situation.listeners.map((one) => ({ ...one, mode: 'latest' as const })),
    }),
  },
  'every first look is over': {
    situation: (situation) => ({
      ...situation,
      listeners: situation.listeners.map((one) => ({ ...one, baseline: false })),
    }),
    effects: (effects) => effects.filter(({ kind }) => kind !== 'decided'),
  },
  'an attempt ends twice': {
    situation: (situation) => ({
      ...situation,
      kept: { ...situation.kept, has: () => true } as ReadonlySet<number>,
    }),
  },
  'the end of a job is lost': drop('job ended'),
  'the status of a run is lost': drop('run status'),
  'the end of a stage is lost': drop('stage ended'),
  'a stage that is over is done again by itself': {
    effects: (effects) =>
      effects.flatMap<Effect>((one) =>
        one.kind === 'stage ended' ? [one, { kind: 'stage begun', stage: one.stage }] : one,
      ),
  },
  'nobody is told why a run starts': {
    effects: (effects) =>
      effects.filter((one) => one.kind !== 'decided' || one.decision.outcome !== 'started'),
  },
  'nobody is told why a version starts nothing': {
    effects: (effects) =>
      effects.filter((one) => one.kind !== 'decided' || one.decision.outcome === 'started'),
  },
  'nobody looks when time has come': {
    effects: (effects) =>
      effects.map((one) =>
        one.kind === 'pipeline changed' && one.patch.lookAt !== undefined
          ? { ...one, patch: { ...one.patch, lookAt: null } }
          : one,
      ),
  },
  'more runs than allowed start of one poll': {
    effects: (effects) =>
      effects.map((one) =>
        one.kind === 'trigger wished' ? { ...one, wish: { ...one.wish, state: 'waiting' as const } } : one,
      ),
  },
};

/** Whatever else is said of it is forgotten too. */
function forget(kind: 'trigger wished' | 'pass wished'): SeededFault {
  return {
    effects(effects) {
      const forgotten = new Set(effects.flatMap((one) => (one.kind === kind ? one.id : [])));
      return effects.filter((one) => !('id' in one && forgotten.has(one.id)));
    },
  };
}

function drop(kind: Effect['kind']): SeededFault {
  return { effects: (effects) => effects.filter((one) => one.kind !== kind) };
}

function changePipelines(change: (pipeline: PipelineSituation) => PipelineSituation): SeededFault {
  return { situation: (situation) => ({ ...situation, pipelines: situation.pipelines.map(change) }) };
}

function changeRuns(change: (run: RunSituation) => RunSituation): SeededFault {
  return changePipelines((pipeline) => ({ ...pipeline, runs: pipeline.runs.map(change) }));
}

function changeStages(change: (stage: StageSituation) => StageSituation): SeededFault {
  return changeRuns((run) => ({ ...run, stages: run.stages.map(change) }));
}
