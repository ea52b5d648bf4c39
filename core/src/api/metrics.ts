import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ServerObserver } from './observer.ts';

/** What is counted by asking, when somebody looks. */
export interface Depths {
  /** Triggers that wait, attempts that are due or running, repositories that are due. */
  readonly triggers: number;
  readonly attempts: number;
  readonly polls: number;
}

/** What the measures need. */
export interface MetricsSurroundings {
  readDepths(): Promise<Depths>;
  /** How many events each sink has still to get. */
  readEventLags(): Promise<readonly { readonly name: string; readonly lag: number }[]>;
  /** Whether the last reload of the configuration was taken. */
  isConfigurationValid(): boolean;
}

/** The measures, and who must be told what happens for them. */
export interface Metrics {
  readonly registry: Registry;
  readonly observer: ServerObserver;
}

/** Measures in the Prometheus text format; names follow its conventions (base units, `_total`). */
export function createMetrics({
  readDepths,
  readEventLags,
  isConfigurationValid,
}: MetricsSurroundings): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

  const polls = new Counter({
    name: 'sluice_polls_total',
    help: 'Polls by repository and outcome',
    labelNames: ['repository', 'outcome'],
    registers,
  });
  const pollSeconds = new Histogram({
    name: 'sluice_poll_seconds',
    help: 'How long polls took',
    labelNames: ['repository'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300],
    registers,
  });
  const revisions = new Counter({
    name: 'sluice_revisions_total',
    help: 'Revisions recorded for the first time',
    labelNames: ['repository'],
    registers,
  });
  const lag = new Histogram({
    name: 'sluice_detection_lag_seconds',
    help: 'From the publication of a revision to its run',
    labelNames: ['repository'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600],
    registers,
  });
  const runs = new Counter({
    name: 'sluice_runs_total',
    help: 'Runs by pipeline and status',
    labelNames: ['pipeline', 'status'],
    registers,
  });
  const jobs = new Counter({
    name: 'sluice_jobs_total',
    help: 'Jobs by pipeline and status',
    labelNames: ['pipeline', 'status'],
    registers,
  });
  const restarts = new Counter({
    name: 'sluice_plugin_restarts_total',
    help: 'Plugin processes that had to be started again',
    labelNames: ['plugin'],
    registers,
  });

  const deliveries = new Counter({
    name: 'sluice_event_deliveries_total',
    help: 'Tries to deliver events by sink and outcome: delivered, again, dead',
    labelNames: ['sink', 'outcome'],
    registers,
  });

  const problems = new Counter({
    name: 'sluice_problems_total',
    help: 'What the server itself could not do, and will try again',
    registers,
  });

  new Gauge({
    name: 'sluice_queue_depth',
    help: 'Work that waits: triggers, attempts, polls that are due',
    labelNames: ['queue'],
    registers,
    async collect() {
      for (const [queue, depth] of Object.entries(await readDepths())) this.set({ queue }, depth);
    },
  });
  new Gauge({
    name: 'sluice_event_lag',
    help: 'Events that a sink has still to get',
    labelNames: ['sink'],
    registers,
    async collect() {
      this.reset();
      for (const { name, lag } of await readEventLags()) this.set({ sink: name }, lag);
    },
  });
  new Gauge({
    name: 'sluice_configuration_valid',
    help: '1 if the configuration file as it is now was taken',
    registers,
    collect() {
      this.set(isConfigurationValid() ? 1 : 0);
    },
  });
  return {
    registry,
    observer: {
      onPoll({ repository, outcome, seconds }) {
        polls.inc({ repository, outcome });
        pollSeconds.observe({ repository }, seconds);
      },
      onRevision({ repository, lagSeconds }) {
        revisions.inc({ repository });
        if (lagSeconds !== undefined) lag.observe({ repository }, lagSeconds);
      },
      onRun: ({ pipeline, status }) => runs.inc({ pipeline, status }),
      onJob: ({ pipeline, status }) => jobs.inc({ pipeline, status }),
      onDelivery: ({ sink, outcome }) => deliveries.inc({ sink, outcome }),
      onProblem: () => problems.inc(),
      onPluginRestart: (plugin) => restarts.inc({ plugin }),
    },
  };
}
