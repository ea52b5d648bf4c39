import type { FastifyRequest } from 'fastify';
import { readToken } from '../access/authenticate.ts';
import { ApiError, type ApiErrorCode, apiErrors, codeOfStatus } from '../api-error.ts';

/** What a form asks of the API. */
export interface ApiCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: unknown;
  /** Instead of the token of the one who sends the form. */
  readonly token?: string;
}

/**
 * Does something because a form asks, by the same road as programs; answers what the API answers, and throws
 * its refusal.
 */
export function callApi(request: FastifyRequest, url: string, body: unknown): Promise<unknown> {
  return askApi(request, { method: 'POST', url, body });
}

/**
 * Makes a request to the API, from the same address and with the same rights as the request of a page. Throws
 * its refusal.
 */
export async function askApi(
  request: FastifyRequest,
  { method, url, body, token = readToken(request) }: ApiCall,
): Promise<unknown> {
  const answer = await request.server.inject({
    method,
    url,
    ...(body !== undefined && { payload: JSON.stringify(body) }),
    headers: {
      host: request.headers.host,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    remoteAddress: request.ip,
  });
  if (answer.statusCode < 400) return answer.json();
  const { error }: { readonly error: { readonly code: string; readonly message: string } } = answer.json();
  throw new ApiError(isCode(error.code) ? error.code : codeOfStatus(answer.statusCode), error.message);
}

function isCode(code: string): code is ApiErrorCode {
  return Object.hasOwn(apiErrors, code);
}
