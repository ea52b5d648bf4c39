import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Actor } from '../../pipelines/actor.ts';
import { mayOperate, reaches } from '../../pipelines/rights.ts';
import { ApiError } from '../api-error.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { unknownPipeline } from '../unknown-pipeline.ts';
import { authenticate, readToken } from './authenticate.ts';
import { GuessLimit } from './guess-limit.ts';
import { mayViewPipeline } from './visible.ts';

/**
 * What a route needs of whoever asks: `nothing`; any `token`, where what is answered depends on who asks; a built-in role; or the
 * right to `view` or `operate` the pipeline that its address names as `:pipeline`.
 */
export type Needs = 'nothing' | 'token' | 'viewer' | 'operator' | 'admin' | 'view' | 'operate';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route says it; the server does not start otherwise. */
    readonly needs?: Needs;
  }
  interface FastifyRequest {
    /** Who asks. */
    actor: Actor;
  }
}

/** Who asks where nothing has to be proven, and nothing was. */
const nobody: Actor = { name: 'nobody', person: 'nobody', roles: [] };

/** Lets to each route only those whom it declares; a route that declares nothing cannot be added. */
export function guardRoutes(server: FastifyInstance, surroundings: ApiSurroundings): void {
  const guesses = new GuessLimit(surroundings.now);
  server.decorateRequest('actor');
  server.addHook('onRoute', requireDeclaration);
  server.addHook('onRequest', async (request, reply) => {
    // What no route is for says so only to those who may ask at all.
    const { needs = 'token', foreign } = request.routeOptions.config;
    const actor = foreign ? nobody : recognise(request, reply, { needs, guesses, surroundings });
    request.actor = actor;
    requireRight(request, needs, surroundings);
  });
}

function requireDeclaration({ method, url, config, schema }: RouteOptions): void {
  const needs = config?.needs;
  if (needs === undefined) throw new Error(`${method} ${url} declares no "needs" in its config: say who may ask for it`);
  const isOfPipeline = /\/:pipeline(\/|$)/.test(url);
  if (isOfPipeline !== (needs === 'view' || needs === 'operate')) {
    throw new Error(
      `${method} ${url} needs "${needs}": what is below a pipeline needs "view" or "operate", and nothing else does`,
    );
  }
  if (schema) Object.assign(schema, { 'x-needs': needs, ...(needs === 'nothing' && { security: [] }) });
}

interface Recognition {
  readonly needs: Needs;
  readonly guesses: GuessLimit;
  readonly surroundings: ApiSurroundings;
}

/** Who sends a request. Throws UNAUTHORIZED and TOO_MANY_REQUESTS, unless nothing is needed. */
function recognise(request: FastifyRequest, reply: FastifyReply, { needs, guesses, surroundings }: Recognition): Actor {
  const token = readToken(request);
  const isLocked = token !== undefined && surroundings.configuration().config.access && guesses.isReached(request.ip);
  const actor = isLocked ? undefined : authenticate(request, surroundings);
  if (actor) return actor;
  if (token !== undefined && !isLocked && guesses.count(request.ip, token)) {
    request.log.warn(`${request.ip} has sent too many different wrong tokens; none from there is looked at for a minute`);
  }
  if (needs === 'nothing') return nobody;
  if (isLocked) throw new ApiError('TOO_MANY_REQUESTS', 'Too many wrong tokens came from your address; wait for a minute');
  reply.header('www-authenticate', 'Bearer realm="sluice"');
  throw new ApiError(
    'UNAUTHORIZED',
    'Send "Authorization: Bearer TOKEN" with a token that is in force under "access:"; "sluice token new" makes one',
  );
}

/** Throws FORBIDDEN, or NOT_FOUND where the pipeline is none of theirs to know about. */
function requireRight({ actor, params }: FastifyRequest, needs: Needs, { configuration }: ApiSurroundings): void {
  if (needs === 'nothing' || needs === 'token') return;
  if (needs !== 'view' && needs !== 'operate') {
    if (reaches(actor, needs)) return;
    throw new ApiError('FORBIDDEN', `${actor.name} may not do this: it needs the role ${needs}`);
  }
  const { config } = configuration();
  const name = readPipeline(params);
  if (!mayViewPipeline(actor, config, name)) throw unknownPipeline(name);
  const pipeline = config.pipelines.get(name);
  if (needs === 'view' || !pipeline || mayOperate(actor, pipeline.access)) return;
  const how = pipeline.access.operate ? `it is not named under "operate:" of ${name}` : 'it needs the role operator';
  throw new ApiError('FORBIDDEN', `${actor.name} may not operate ${name}: ${how}`);
}

function readPipeline(params: unknown): string {
  return typeof params === 'object' && params !== null && 'pipeline' in params ? String(params.pipeline) : '';
}
