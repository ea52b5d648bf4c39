import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../config/loopback.ts';
import { ApiError } from './api-error.ts';

const forwarding = /^(forwarded|x-forwarded-.*)$/;

/**
 * The rules of a server without `access:` (everyone on this machine is admin): the Host must be a loopback
 * one, so that no web page reaches it under a name of its own, and no proxy may pass on what comes from
 * elsewhere. Throws FORBIDDEN.
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
    throw new ApiError(
      'FORBIDDEN',
      `Without "access:" this server takes nothing from a proxy (the request has "${header}")`,
    );
  }
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The rules against requests that a web page of another origin makes in somebody's browser: whatever changes
 * something is sent as JSON or with a token in a header, which needs a permission that is never given (no
 * CORS), or as a form that carries its own proof; and where a browser says where a request comes from, that
 * is our own origin: that of the Host, or of `server.url`.
 */
export function requireOwnOrigin(request: FastifyRequest, url: string | undefined): void {
  if (safeMethods.has(request.method)) return;
  const { origin, 'sec-fetch-site': site = 'same-origin', 'content-type': type = '' } = request.headers;
  if (origin !== undefined && !isOwn(origin, request.host, url)) {
    throw new ApiError('FORBIDDEN', `A page of ${origin} cannot change anything here`);
  }
  if (site !== 'same-origin' && site !== 'none') {
    throw new ApiError('FORBIDDEN', 'A page of another site cannot change anything here');
  }
  if (request.routeOptions.config.form) requireForm(type);
  else if (!isWordless(request)) requireJson(type);
}

/**
 * A program with a token of its own, which no page of elsewhere can make a browser send, may say nothing in
 * any form.
 */
function isWordless({ headers }: FastifyRequest): boolean {
  const isEmpty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  return isEmpty && /^Bearer +\S/i.test(headers.authorization ?? '');
}

function requireJson(type: string): void {
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ApiError(
      'UNSUPPORTED_MEDIA_TYPE',
      'Send "Content-Type: application/json" with whatever changes something, and {} where there is nothing to say ' +
        '(with "Authorization: Bearer TOKEN" nothing at all will do)',
    );
  }
}

function requireForm(type: string): void {
  if (/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) return;
  throw new ApiError(
    'UNSUPPORTED_MEDIA_TYPE',
    'This address takes forms of its own pages; programs use /api/v1',
  );
}

function isOwn(origin: string, host: string, url: string | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  return (
    new URL(origin).host === host || (url !== undefined && new URL(origin).origin === new URL(url).origin)
  );
}
