import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../engine/actor.ts';
import { ApiError } from '../api-error.ts';
import { requireSameMachine } from '../same-machine.ts';
import { type AuthenticationSurroundings, authenticate } from './authenticate.ts';
import { requireRight } from './require-right.ts';

/**
 * Who sends a request that is being answered, as if it came now: by the configuration in force now; undefined
 * where it would be refused.
 */
export function authoriseAgain(
  request: FastifyRequest,
  surroundings: AuthenticationSurroundings,
): Actor | undefined {
  const { config } = surroundings.configuration();
  try {
    if (!config.access) requireSameMachine(request);
    const actor = authenticate(request, surroundings);
    if (actor) requireRight(actor, request, config);
    return actor;
  } catch (thrown) {
    if (thrown instanceof ApiError) return undefined;
    throw thrown;
  }
}
