import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Actor } from '../../engine/actor.ts';
import { ApiError } from '../api-error.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { authenticate, readToken } from './authenticate.ts';
import { GuessLimit } from './guess-limit.ts';
import { type Needs, readNeeds, requireRight } from './require-right.ts';

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
    request.actor = request.routeOptions.config.foreign
      ? nobody
      : recognise(request, reply, { guesses, surroundings });
    requireRight(request.actor, request, surroundings.configuration().config);
  });
}

function requireDeclaration({ method, url, config, schema }: RouteOptions): void {
  const needs = config?.needs;
  if (needs === undefined)
    throw new Error(`${method} ${url} declares no "needs" in its config: say who may ask for it`);
  const isOfPipeline = /\/:pipeline(\/|$)/.test(url);
  if (isOfPipeline !== (needs === 'view' || needs === 'operate')) {
    throw new Error(
      `${method} ${url} needs "${needs}": what is below a pipeline needs "view" or "operate", and nothing else does`,
    );
  }
  if (schema) Object.assign(schema, { 'x-needs': needs, ...(needs === 'nothing' && { security: [] }) });
}

interface Recognition {
  readonly guesses: GuessLimit;
  readonly surroundings: ApiSurroundings;
}

/** Who sends a request. Throws UNAUTHORIZED and TOO_MANY_REQUESTS, unless nothing is needed. */
function recognise(
  request: FastifyRequest,
  reply: FastifyReply,
  { guesses, surroundings }: Recognition,
): Actor {
  const actor = authenticate(request, surroundings);
  if (actor) return actor;
  const token = readToken(request);
  const isTooMuch = token !== undefined && guesses.isReached(request.ip);
  if (token !== undefined && guesses.count(request.ip, token)) {
    request.log.warn(
      `${request.ip} has sent too many different wrong tokens; wrong ones from there are refused for a minute`,
    );
  }
  if (readNeeds(request) === 'nothing') return nobody;
  if (isTooMuch)
    throw new ApiError(
      'TOO_MANY_REQUESTS',
      'Too many wrong tokens came from your address; wait for a minute',
    );
  reply.header('www-authenticate', 'Bearer realm="sluice"');
  throw new ApiError(
    'UNAUTHORIZED',
    'Send "Authorization: Bearer TOKEN" with a token that is in force under "access:"; "sluice token new" makes one',
  );
}
