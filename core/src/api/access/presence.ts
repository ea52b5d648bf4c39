import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../engine/actor.ts';
import type { AuthenticationSurroundings } from './authenticate.ts';
import { authoriseAgain } from './authorise.ts';

const lookMs = 5_000;

/** Somebody who stays, as the reader of a stream does. */
export interface Presence {
  /** Who it is, by the configuration in force now; undefined once they may not ask for this any more. */
  actor(): Actor | undefined;
  /** Aborts when a token is revoked or expires or may not ask for this any more, and when `signal` does. */
  readonly signal: AbortSignal;
}

/**
 * Follows whether the sender of a request may stay, until the signal aborts. A reload that says otherwise is
 * noticed at once.
 */
export function followPresence(
  request: FastifyRequest,
  surroundings: AuthenticationSurroundings,
  signal: AbortSignal,
): Presence {
  const revoked = new AbortController();
  const actor = () => authoriseAgain(request, surroundings);
  const look = () => {
    if (!actor()) revoked.abort();
  };
  const followConfiguration = () => {
    look();
    if (!revoked.signal.aborted)
      surroundings.configuration().replaced.addEventListener('abort', followConfiguration, { signal });
  };
  followConfiguration();
  const looking = setInterval(look, lookMs);
  const presence = AbortSignal.any([signal, revoked.signal]);
  presence.addEventListener('abort', () => clearInterval(looking), { once: true });
  return { actor, signal: presence };
}
