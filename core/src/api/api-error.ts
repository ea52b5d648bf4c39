import type { SomeReason } from '../domain/reasons/kind.ts';

/** Every code that the API answers with, its status, and what it tells the caller. */
export const apiErrors = {
  BAD_REQUEST: { status: 400, meaning: 'the request is not as the OpenAPI document says' },
  UNAUTHORIZED: { status: 401, meaning: 'the request does not prove who sends it' },
  FORBIDDEN: {
    status: 403,
    meaning:
      'the token may not do this, or the request comes from where none is taken: another origin, a foreign Host, a proxy',
  },
  NOT_FOUND: { status: 404, meaning: 'there is nothing of this name' },
  CONFLICT: { status: 409, meaning: 'what the request speaks of has moved on' },
  STAGE_CHANGED: {
    status: 409,
    meaning: 'the configuration in force does not have the stage any more, so nobody is let into it',
  },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, meaning: 'what changes something must be sent as application/json' },
  TOO_LARGE: { status: 413, meaning: 'the body is larger than is taken' },
  REFUSED: {
    status: 422,
    meaning: 'the request is understood, and a rule of the pipeline or the ledger stands against it',
  },
  TOO_MANY_REQUESTS: { status: 429, meaning: 'ask again later' },
  INTERNAL: { status: 500, meaning: 'a fault of the server; its log says more' },
  POLL_FAILED: {
    status: 502,
    meaning: 'the repository that had to be asked first did not answer as it should',
  },
  NOT_READY: { status: 503, meaning: 'the server is starting, stopping, or short of something' },
} as const satisfies Record<string, { status: number; meaning: string }>;

/** The code of an {@link ApiError}. */
export type ApiErrorCode = keyof typeof apiErrors;

/** A refusal that the caller can act on; answered as `{"error": {"code", "message", "reason"}}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  /** The rule that stands against the request, where one does. */
  readonly reason: SomeReason | undefined;

  constructor(code: ApiErrorCode, message: string, reason?: SomeReason) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

/** The body of an error's answer. */
export interface ErrorBody {
  readonly error: { readonly code: ApiErrorCode; readonly message: string; readonly reason?: SomeReason };
}

/** Makes the body of an error's answer. */
export function toErrorBody(code: ApiErrorCode, message: string, reason?: SomeReason): ErrorBody {
  return { error: { code, message, ...(reason && { reason }) } };
}

/** The code that stands for a status that fastify or a plugin of it chose. */
export function codeOfStatus(status: number): ApiErrorCode {
  const found = (Object.keys(apiErrors) as ApiErrorCode[]).find((code) => apiErrors[code].status === status);
  return found ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL');
}
