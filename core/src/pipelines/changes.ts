import type { AccessConfig } from '../config/access.ts';
import type { Config, PipelineConfig } from '../config/config.ts';
import type { EventType } from '../config/event-types.ts';
import type { NewDecision } from '../store/decisions.ts';
import type { NewEvent } from '../store/events.ts';
import type { Hold } from '../store/hold.ts';
import type { LockedPipeline } from '../store/pipelines.ts';
import type { Status } from '../store/schema.ts';
import type { Calendar } from './calendar.ts';

/** A run whose status changed in a transaction. */
export interface RunChange {
  readonly pipeline: string;
  readonly counter: number;
  readonly status: Status;
}

/** A stage that something happened to. */
export interface StageChange {
  readonly pipeline: string;
  /** The run's counter and label. */
  readonly counter: number;
  readonly label: string;
  readonly name: string;
  readonly stageCounter: number;
  readonly status: Status;
}

/** What a transaction changed: tell the observer of the runs once it is committed, and give the events to `appendEvents`, last in it. */
export interface Changes {
  readonly runs: readonly RunChange[];
  readonly events: readonly NewEvent[];
}

/** That a run waits for approval is told of its stage. */
const eventOf: Record<RunChange['status'], EventType | undefined> = {
  pending: 'pipelinerun.queued',
  waiting: undefined,
  running: 'pipelinerun.started',
  passed: 'pipelinerun.finished',
  failed: 'pipelinerun.finished',
  cancelled: 'pipelinerun.finished',
};

/** Understands what a transaction changes on its way, to be told in the end. */
export class ChangeList implements Changes {
  readonly runs: RunChange[] = [];
  readonly events: NewEvent[] = [];
  readonly decisions: NewDecision[] = [];

  /** A run has another status. */
  addRun(change: RunChange, label: string): void {
    this.runs.push(change);
    const { pipeline, counter, status } = change;
    const type = eventOf[status];
    if (type) this.events.push({ type, subject: `${pipeline}/${counter}`, data: { pipeline, counter, label, status } });
  }

  /** A stage of a run began, ended or waits for approval. */
  addStage(
    type: 'stage.started' | 'stage.finished' | 'stage.waiting',
    { pipeline, counter, label, ...stage }: StageChange,
  ): void {
    const data = { pipeline, counter, label, stage: stage.name, stageCounter: stage.stageCounter, status: stage.status };
    this.events.push({ type, subject: `${pipeline}/${counter}/${stage.name}`, data });
  }

  addEvent(event: NewEvent): void {
    this.events.push(event);
  }

  addDecision(decision: NewDecision): void {
    this.decisions.push(decision);
  }
}

/** Begins to do something to a locked pipeline, now, under a configuration. */
export function beginMove(
  pipeline: LockedPipeline,
  { config, calendar, now, hold }: MoveOptions,
  changes = new ChangeList(),
): Move {
  const definition = config.pipelines.get(pipeline.name);
  return { pipeline, definition, access: config.access, calendar, now, hold, changes };
}

/** What a move is begun with. */
export interface MoveOptions extends Pick<Move, 'calendar' | 'now'> {
  readonly config: Config;
  /** Only whoever lets something start needs it. */
  readonly hold?: Hold | undefined;
}

/** What is being done to one pipeline, locked: when, and what it changes. */
export interface Move {
  readonly pipeline: LockedPipeline;
  /** As the configuration has it; undefined where it does not any more. */
  readonly definition: PipelineConfig | undefined;
  /** Whom the configuration knows; undefined where everybody is admin. */
  readonly access: AccessConfig | undefined;
  readonly calendar: Calendar;
  readonly now: number;
  /** What holds all starts, where something does. */
  readonly hold: Hold | undefined;
  readonly changes: ChangeList;
}
