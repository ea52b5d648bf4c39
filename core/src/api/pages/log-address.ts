import type { LogAddress } from '../../store/logs.ts';
import { ApiError } from '../api-error.ts';
import { pathOfLog } from './addresses.ts';

/** The path of a log, as fastify writes routes. */
export const logRoute = '/pipelines/:pipeline/runs/:counter/stages/:stage/:stageCounter/jobs/:job';

/** A log of a stage of which it is known which time it was run. */
export type ExactLogAddress = LogAddress & { readonly stageCounter: number };

/** Which log the parameters of {@link logRoute} name. Throws NOT_FOUND where that can be none. */
export function readLogAddress(params: Readonly<Record<string, string>>): ExactLogAddress {
  const { pipeline = '', counter = '', stage = '', stageCounter = '', job = '' } = params;
  if (!/^\d{1,9}$/.test(counter) || !/^\d{1,9}$/.test(stageCounter))
    throw new ApiError('NOT_FOUND', 'There is no such run');
  return { pipeline, counter: Number(counter), stage, stageCounter: Number(stageCounter), job };
}

/** The refusal where there is no such job. */
export function unknownLog({ pipeline, counter, stage, job }: LogAddress): ApiError {
  return new ApiError(
    'NOT_FOUND',
    `There is no job ${job} in stage ${stage} of ${pipeline}/${counter}, or none any more`,
  );
}

/** Where the page of a log is. */
export function pathOfAddress({ pipeline, counter, stage, stageCounter, job }: ExactLogAddress): string {
  return pathOfLog({ pipeline, counter }, { name: stage, counter: stageCounter }, job);
}
