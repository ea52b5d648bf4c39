import type { PipelineObserver } from '../engine/observer.ts';
import type { DeliveryObserver } from '../events/observer.ts';
import type { PollObserver } from '../polling/observer.ts';

/** Who is told what happens in this process. It must not throw. */
export interface ServerObserver extends PollObserver, PipelineObserver, DeliveryObserver {
  /** A plugin's process ended otherwise than it should, and was started again. */
  onPluginRestart(plugin: string, reason: string): void;
}

/** One observer that tells several. */
export function tellAll(observers: readonly ServerObserver[]): ServerObserver {
  const each = (tell: (observer: ServerObserver) => void) => {
    for (const observer of observers) tell(observer);
  };
  return {
    onPoll: (poll) => each((observer) => observer.onPoll(poll)),
    onRevision: (revision) => each((observer) => observer.onRevision(revision)),
    onRun: (run) => each((observer) => observer.onRun(run)),
    onJob: (job) => each((observer) => observer.onJob(job)),
    onDelivery: (delivery) => each((observer) => observer.onDelivery(delivery)),
    onProblem: (what, error) => each((observer) => observer.onProblem(what, error)),
    onPluginRestart: (plugin, reason) => each((observer) => observer.onPluginRestart(plugin, reason)),
  };
}
