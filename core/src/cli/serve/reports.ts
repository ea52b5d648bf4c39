import type { Logger } from 'pino';
import type { ServerObserver } from '../../api/observer.ts';
import type { PluginLogLine } from '../../plugins/words.ts';

/** Says on the log what happens, in a line each. */
export function reportTo(log: Logger): ServerObserver {
  return {
    onPoll({ repository, outcome, seconds, revisions, message }) {
      const took = `in ${seconds.toFixed(1)} s`;
      if (outcome === 'failed') log.warn(`${repository}: the poll failed ${took}: ${message}`);
      else if (outcome === 'partial')
        log.warn(`${repository}: polled ${took}, ${revisions} new, but: ${message}`);
      else if (revisions > 0) log.info(`${repository}: polled ${took}, ${revisions} new`);
      else log.debug(`${repository}: polled ${took}, nothing new`);
    },
    onRevision: ({ repository, package: name, version }) =>
      log.info(`${repository}/${name}: ${version} was published`),
    onRun: ({ pipeline, counter, status }) => log.info(`${pipeline}/${counter}: ${status}`),
    onJob({ pipeline, counter, stage, job, status, message }) {
      const line = `${pipeline}/${counter}/${stage}/${job}: ${status}${message === null ? '' : `: ${message}`}`;
      if (status === 'failed') log.warn(line);
      else log.info(line);
    },
    onDelivery({ sink, event, outcome, message }) {
      const line = `${sink}: event ${event} ${outcomeWords[outcome]}${message === undefined ? '' : `: ${message}`}`;
      // What is tried again is in the metrics, and what "sluice events sinks" shows.
      if (outcome === 'dead' || (outcome === 'delivered' && message !== undefined)) log.warn(line);
      else log.debug(line);
    },
    onProblem: (what, error) => log.error({ err: error }, what),
    onPluginRestart: (plugin, reason) => log.warn(`plugin ${plugin} was started again: ${reason}`),
  };
}

const outcomeWords = {
  delivered: 'was delivered',
  again: 'is tried again',
  dead: 'is a dead letter',
} as const;

/** Passes on what plugins say. */
export function logPluginLine(log: Logger): (line: PluginLogLine) => void {
  return ({ plugin, repository, level, message }) => log[level](`${repository ?? plugin}: ${message}`);
}
