import type { FastifyError, FastifyRequest } from 'fastify';
import type { SomeReason } from '../domain/reasons/kind.ts';
import { CommitUnknown, StoreUnreachable } from '../store/unreachable.ts';
import { ApiError, type ApiErrorCode, codeOfStatus } from './api-error.ts';

/** What the sender of a request is told of what went wrong. */
export interface Judged {
  readonly code: ApiErrorCode;
  readonly message: string;
  /** The rule that stands against the request, where one does. */
  readonly reason?: SomeReason | undefined;
}

/** Finds what to tell of an error; a fault is told to the log only. */
export function judgeError(
  error: FastifyError | ApiError | StoreUnreachable,
  request: FastifyRequest,
): Judged {
  if (error instanceof ApiError) {
    const { code, message, reason } = error;
    return { code, message, reason };
  }
  const code = error instanceof StoreUnreachable ? 'NOT_READY' : codeOfStatus(error.statusCode ?? 500);
  if (code !== 'INTERNAL' && !(error instanceof StoreUnreachable)) return { code, message: error.message };
  request.log.error(error, `${request.method} ${request.routeOptions.url ?? 'unknown'} failed`);
  if (error instanceof CommitUnknown)
    return {
      code,
      message: 'The database went away while this was recorded: look whether it was, before you ask again',
    };
  if (error instanceof StoreUnreachable)
    return { code, message: 'The database does not answer, nothing was done; ask again in a moment' };
  return { code, message: 'The server failed; its log says more.' };
}
