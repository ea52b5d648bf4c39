import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, type ApiErrorCode, apiErrors, codeOfStatus, toErrorBody } from './api-error.ts';

/** Answers an error of a request as JSON; a fault is told to the log only. */
export function answerError(error: FastifyError | ApiError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ApiError) return sendError(reply, error.code, error.message);
  const code = codeOfStatus(error.statusCode ?? 500);
  if (code !== 'INTERNAL') return sendError(reply, code, error.message);
  request.log.error(error, `${request.method} ${request.routeOptions.url ?? 'unknown'} failed`);
  return sendError(reply, code, 'The server failed; its log says more');
}

/** Answers a refusal as JSON. */
export function sendError(reply: FastifyReply, code: ApiErrorCode, message: string): FastifyReply {
  return reply.status(apiErrors[code].status).send(toErrorBody(code, message));
}
