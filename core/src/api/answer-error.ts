import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { SomeReason } from '../domain/reasons/kind.ts';
import { type ApiError, type ApiErrorCode, apiErrors, toErrorBody } from './api-error.ts';
import { judgeError } from './judge-error.ts';

/** Answers an error of a request as JSON; a fault is told to the log only. */
export function answerError(
  error: FastifyError | ApiError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { code, message, reason } = judgeError(error, request);
  return sendError(reply, code, message, reason);
}

/** Answers a refusal as JSON. */
export function sendError(
  reply: FastifyReply,
  code: ApiErrorCode,
  message: string,
  reason?: SomeReason,
): FastifyReply {
  return reply.status(apiErrors[code].status).send(toErrorBody(code, message, reason));
}
