import type { FastifyRequest } from 'fastify';
import { type Actor, anonymous } from '../../engine/actor.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { findActor } from './find-actor.ts';

/** What telling people apart needs. */
export type AuthenticationSurroundings = Pick<ApiSurroundings, 'configuration' | 'now'>;

/**
 * Who sends a request, by the configuration in force now; undefined where nothing proves it. This is the only
 * place that knows how people prove themselves: by `Authorization: Bearer TOKEN` (RFC 6750, section 2.1), or
 * by the cookie of a browser that signed in.
 */
export function authenticate(
  request: FastifyRequest,
  { configuration, now }: AuthenticationSurroundings,
): Actor | undefined {
  const { access } = configuration().config;
  if (!access) return anonymous;
  const token = readToken(request);
  return token === undefined ? undefined : findActor(access, token, now());
}

/** The cookie in which a browser that signed in brings its token. */
export const sessionCookie = 'sluice-session';

/** The token that a request brings, right or wrong. */
export function readToken({ headers, cookies }: FastifyRequest): string | undefined {
  return (
    /^Bearer +([\x21-\x7e]+) *$/i.exec(headers.authorization ?? '')?.[1] ??
    (cookies[sessionCookie] || undefined)
  );
}
