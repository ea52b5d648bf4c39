import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config/config.ts';
import type { Actor } from '../../engine/actor.ts';
import { mayOperate, reaches } from '../../engine/rights.ts';
import { ApiError } from '../api-error.ts';
import { unknownPipeline } from '../unknown-pipeline.ts';
import { mayViewPipeline } from './visible.ts';

/**
 * What a route needs of whoever asks: `nothing`; any `token`, where what is answered depends on who asks; a
 * built-in role; or the right to `view` or `operate` the pipeline that its address names as `:pipeline`.
 */
export type Needs = 'nothing' | 'token' | 'viewer' | 'operator' | 'admin' | 'view' | 'operate';

/** What no route is for says so only to those who may ask at all. */
export function readNeeds({ routeOptions }: FastifyRequest): Needs {
  return routeOptions.config.needs ?? 'token';
}

/**
 * Throws FORBIDDEN where somebody may not make a request, or NOT_FOUND where the pipeline is none of theirs
 * to know about.
 */
export function requireRight(actor: Actor, request: FastifyRequest, config: Config): void {
  const needs = readNeeds(request);
  if (needs === 'nothing' || needs === 'token') return;
  if (needs !== 'view' && needs !== 'operate') {
    if (reaches(actor, needs)) return;
    throw new ApiError('FORBIDDEN', `${actor.name} may not do this: it needs the role ${needs}`);
  }
  const name = readPipeline(request.params);
  if (!mayViewPipeline(actor, config, name)) throw unknownPipeline(name);
  const pipeline = config.pipelines.get(name);
  if (needs === 'view' || !pipeline || mayOperate(actor, pipeline.access)) return;
  const how = pipeline.access.operate
    ? `it is not named under "operate:" of ${name}`
    : 'it needs the role operator';
  throw new ApiError('FORBIDDEN', `${actor.name} may not operate ${name}: ${how}`);
}

function readPipeline(params: unknown): string {
  return typeof params === 'object' && params !== null && 'pipeline' in params ? String(params.pipeline) : '';
}
