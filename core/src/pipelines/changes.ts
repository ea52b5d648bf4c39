import type { NewDecision } from '../store/decisions.ts';
import type { EventType, NewEvent } from '../store/events.ts';
import type { LockedPipeline } from '../store/pipelines.ts';

/** A run whose status changed in a transaction. */
export interface RunChange {
  readonly pipeline: string;
  readonly counter: number;
  readonly status: 'pending' | 'running' | 'passed' | 'failed' | 'cancelled';
}

/** What a transaction changed: tell the observer of the runs once it is committed, and give the events to `appendEvents`, last in it. */
export interface Changes {
  readonly runs: readonly RunChange[];
  readonly events: readonly NewEvent[];
}

const eventOf: Record<RunChange['status'], EventType> = {
  pending: 'pipelinerun.queued',
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
    this.events.push({ type: eventOf[status], subject: `${pipeline}/${counter}`, data: { pipeline, counter, label, status } });
  }

  addEvent(event: NewEvent): void {
    this.events.push(event);
  }

  addDecision(decision: NewDecision): void {
    this.decisions.push(decision);
  }
}

/** What is being done to one pipeline, locked: when, and what it changes. */
export interface Move {
  readonly pipeline: LockedPipeline;
  readonly now: number;
  readonly changes: ChangeList;
}
