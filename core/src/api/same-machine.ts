import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../config/loopback.ts';
import { ApiError } from './api-error.ts';

const forwarding = /^(forwarded|x-forwarded-.*)$/;

/**
 * The rules of a server without `access:` (everyone on this machine is admin): the Host must be a loopback one, so that no web
 * page reaches it under a name of its own, and no proxy may pass on what comes from elsewhere. Throws FORBIDDEN.
 */
export function requireSameMachine(request: FastifyRequest): void {
  const { remoteAddress = '' } = request.socket;
  if (!isLoopback(remoteAddress))
    throw new ApiError('FORBIDDEN', 'Without "access:" this server answers to its own machine only');
  if (!isLoopback(request.hostname)) {
    throw new ApiError(
      'FORBIDDEN',
      `Without "access:" this server answers to a loopback Host only, not to "${request.hostname}"; use http://127.0.0.1`,
    );
  }
  const header = Object.keys(request.headers).find((name) => forwarding.test(name));
  if (header) {
    throw new ApiError('FORBIDDEN', `Without "access:" this server takes nothing from a proxy (the request has "${header}")`);
  }
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The rules against requests that a web page of another origin makes in somebody's browser: whatever changes something is sent
 * as JSON, which needs a permission that is never given (no CORS), and an Origin, where there is one, is our own: that of the Host,
 * or of `server.url`.
 */
export function requireOwnOrigin(request: FastifyRequest, url: string | undefined): void {
  if (safeMethods.has(request.method)) return;
  const { origin, 'content-type': type = '' } = request.headers;
  if (origin !== undefined && !isOwn(origin, request.host, url)) {
    throw new ApiError('FORBIDDEN', `A page of ${origin} cannot change anything here`);
  }
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ApiError(
      'UNSUPPORTED_MEDIA_TYPE',
      'Send "Content-Type: application/json" with whatever changes something, and {} where there is nothing to say',
    );
  }
}

function isOwn(origin: string, host: string, url: string | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  return new URL(origin).host === host || (url !== undefined && new URL(origin).origin === new URL(url).origin);
}
