import type { PipelineConfig } from '../../config/config.ts';
import type { TracedRun } from '../../domain/provenance.ts';
import type { Reason } from '../../domain/reason.ts';
import type { WaitingTrigger } from '../../domain/trigger.ts';
import type { NewDecision } from '../../store/decisions.ts';
import type { Effect, RunOfPipeline, StageOfRun } from '../../store/effects/effect.ts';
import type { Hold } from '../../store/hold.ts';
import type { PipelinePatch } from '../../store/pipelines.ts';
import type {
  JobSituation,
  LevelSituation,
  PipelineSituation,
  PlaceSituation,
  RunSituation,
  Situation,
  StageSituation,
} from '../../store/situations/situation.ts';
import type { InForce } from '../in-force.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A pipeline as a decision has changed it so far. */
export interface DraftPipeline extends Mutable<Omit<PipelineSituation, 'runs' | 'triggers'>> {
  /** As the configuration in force has it; undefined where it does not any more. */
  readonly definition: PipelineConfig | undefined;
  triggers: readonly WaitingTrigger[];
  runs: DraftRun[];
}

/** A run as a decision has changed it so far. */
export interface DraftRun extends Mutable<Omit<RunSituation, 'stages'>> {
  readonly pipeline: DraftPipeline;
  readonly stages: DraftStage[];
}

/** A stage as a decision has changed it so far. */
export interface DraftStage extends Mutable<Omit<StageSituation, 'jobs'>> {
  readonly run: DraftRun;
  jobs: JobSituation[];
}

/** A level as a decision has changed it so far. */
export interface DraftLevel extends Mutable<Omit<LevelSituation, 'places'>> {
  /** By package id. */
  readonly places: Map<number, PlaceSituation>;
}

/** What a decision says, before it is said of which pipeline and when. */
export interface Verdict extends Pick<NewDecision, 'outcome'> {
  readonly reason: Reason;
  readonly runId?: number;
  readonly packageId?: number | null;
  readonly version?: string | null;
  readonly materials?: NewDecision['materials'];
  readonly upstreamRunId?: number;
}

/**
 * Understands what a decision has changed so far: each effect is noted, and the situation is from then on as
 * if it were written.
 */
export class Draft {
  readonly inForce: InForce;
  readonly situation: Situation;
  /** What holds all starts. */
  hold: Hold | undefined;
  readonly effects: Effect[] = [];
  /** Lowest id first. */
  readonly pipelines: readonly DraftPipeline[];
  /** Lowest id first. */
  readonly levels: readonly DraftLevel[];
  /** Runs that have passed a stage since the store was read. */
  readonly passed: TracedRun[] = [];
  /** Sets that have started runs since then, by pipeline id and name. */
  readonly startedSets = new Map<string, number>();
  readonly #pipelines: ReadonlyMap<number, DraftPipeline>;
  readonly #runs: Map<number, DraftRun>;
  #lastId = 0;

  constructor(situation: Situation, inForce: InForce) {
    this.situation = situation;
    this.hold = situation.hold;
    this.inForce = inForce;
    this.pipelines = situation.pipelines.map((pipeline) => openPipeline(pipeline, inForce));
    this.#pipelines = new Map(this.pipelines.map((pipeline) => [pipeline.id, pipeline]));
    this.#runs = new Map(this.pipelines.flatMap(({ runs }) => runs).map((run) => [run.id, run]));
    this.levels = situation.levels.map((level) => ({
      ...level,
      places: new Map(level.places.map((place) => [place.packageId, place])),
    }));
  }

  get now(): number {
    return this.inForce.now;
  }

  /** An id for something new. */
  newId(): number {
    return --this.#lastId;
  }

  add(effect: Effect): void {
    this.effects.push(effect);
  }

  /** Throws where the pipeline is not part of the situation. */
  pipeline(id: number): DraftPipeline {
    const pipeline = this.#pipelines.get(id);
    if (!pipeline) throw new Error(`the pipeline ${id} was not read`);
    return pipeline;
  }

  run(id: number): DraftRun | undefined {
    return this.#runs.get(id);
  }

  /** An attempt at a stage that has come to nothing yet. */
  newStage(place: Pick<DraftStage, 'run' | 'position' | 'name' | 'counter'>): DraftStage {
    return {
      ...place,
      id: this.newId(),
      status: 'pending',
      readyAt: null,
      notBefore: null,
      expiresAt: null,
      approvedAt: null,
      startedAt: null,
      cancelAt: null,
      heldAt: null,
      waits: null,
      words: [],
      jobs: [],
    };
  }

  /** From then on, the run is one of its pipeline's. */
  enter(run: DraftRun): void {
    run.pipeline.runs.push(run);
    this.#runs.set(run.id, run);
  }

  change(pipeline: DraftPipeline, patch: PipelinePatch): void {
    const { paused, lockedBy, timer, timerWaits, lookAt } = patch;
    if (paused !== undefined) {
      pipeline.pausedAt = paused?.at ?? null;
      pipeline.pausedReason = paused?.reason ?? null;
    }
    if (lockedBy !== undefined) pipeline.lockedBy = lockedBy;
    if (timer) Object.assign(pipeline, { timerAt: timer.at, timerSpec: timer.spec, timerWaits: null });
    if (timerWaits !== undefined) pipeline.timerWaits = timerWaits;
    if (lookAt !== undefined) pipeline.lookAt = lookAt;
    this.add({ kind: 'pipeline changed', id: pipeline.id, patch });
  }

  decide({ id: pipelineId }: DraftPipeline, verdict: Verdict): void {
    const about = { packageId: null, version: null, materials: {}, runId: null };
    this.add({ kind: 'decided', decision: { at: this.now, pipelineId, ...about, ...verdict } });
  }
}

function openPipeline(pipeline: PipelineSituation, { config }: InForce): DraftPipeline {
  const draft: DraftPipeline = { ...pipeline, definition: config.pipelines.get(pipeline.name), runs: [] };
  draft.runs.push(...pipeline.runs.map((run) => openRun(draft, run)));
  return draft;
}

function openRun(pipeline: DraftPipeline, run: RunSituation): DraftRun {
  const draft: DraftRun = { ...run, pipeline, stages: [] };
  draft.stages.push(...run.stages.map((stage) => ({ ...stage, run: draft, jobs: [...stage.jobs] })));
  return draft;
}

/** A run, as those who are told of it know it. */
export function nameRun({ id, counter, label, pipeline }: DraftRun): RunOfPipeline {
  return { id, pipeline: pipeline.name, counter, label };
}

/** A stage, as those who are told of it know it. */
export function nameStage({ id, name, counter: stageCounter, run }: DraftStage): StageOfRun {
  const { id: runId, counter, label, pipeline } = run;
  return { id, runId, pipeline: pipeline.name, counter, label, name, stageCounter };
}

/** The run and the stage, as reasons have them. */
export function placeOf({ name, run }: DraftStage): { readonly run: number; readonly stage: string } {
  return { run: run.counter, stage: name };
}
