import type { EventType } from '../config/event-types.ts';
import type { Status } from '../domain/status.ts';
import type { Effect, RunOfPipeline, StageOfRun } from '../store/effects/effect.ts';
import type { NewEvent } from '../store/events.ts';

/** That a run waits for approval is told of its stage. */
const typeOfRun: Record<Status, EventType | undefined> = {
  pending: 'pipelinerun.queued',
  waiting: undefined,
  running: 'pipelinerun.started',
  passed: 'pipelinerun.finished',
  failed: 'pipelinerun.finished',
  cancelled: 'pipelinerun.finished',
};

/** What is told of the effects of a decision, in their order; `pipelineOf` names pipelines by id. */
export function tellEffects(
  effects: readonly Effect[],
  pipelineOf: (id: number) => string,
): readonly NewEvent[] {
  return effects.flatMap((effect) => tellEffect(effect, pipelineOf) ?? []);
}

function tellEffect(effect: Effect, pipelineOf: (id: number) => string): NewEvent | undefined {
  switch (effect.kind) {
    case 'run created': {
      const { counter, label, pipelineId } = effect.run;
      return tellRun({ counter, label, pipeline: pipelineOf(pipelineId) }, 'pending');
    }
    case 'run status':
      return tellRun(effect.run, effect.status);
    case 'stage asks':
      return tellStage('stage.waiting', effect.stage, 'waiting');
    case 'stage begun':
      return tellStage('stage.started', effect.stage, 'running');
    case 'stage ended':
      return tellStage('stage.finished', effect.stage, effect.status);
    case 'job ended': {
      const { pipeline, counter, stage, job } = effect.job;
      const data = { pipeline, counter, stage, job, ...effect.end };
      return { type: 'taskrun.finished', subject: `${pipeline}/${counter}/${stage}/${job}`, data };
    }
    default:
      return undefined;
  }
}

function tellRun(
  { pipeline, counter, label }: Omit<RunOfPipeline, 'id'>,
  status: Status,
): NewEvent | undefined {
  const type = typeOfRun[status];
  return type && { type, subject: `${pipeline}/${counter}`, data: { pipeline, counter, label, status } };
}

function tellStage(
  type: 'stage.started' | 'stage.finished' | 'stage.waiting',
  { pipeline, counter, label, name, stageCounter }: StageOfRun,
  status: Status,
): NewEvent {
  const data = { pipeline, counter, label, stage: name, stageCounter, status };
  return { type, subject: `${pipeline}/${counter}/${name}`, data };
}
