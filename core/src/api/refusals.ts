import type { Refusal, RefusalCode } from '../pipelines/refusal.ts';
import { ApiError, type ApiErrorCode } from './api-error.ts';

const codes = {
  PIPELINE_UNKNOWN: 'NOT_FOUND',
  RUN_UNKNOWN: 'NOT_FOUND',
  STAGE_UNKNOWN: 'NOT_FOUND',
  STAGE_MOVED_ON: 'CONFLICT',
  STAGE_CHANGED: 'STAGE_CHANGED',
  CONFIGURATION_REPLACED: 'NOT_READY',
  NOTHING_TO_DO: 'CONFLICT',
  NOT_ALLOWED: 'FORBIDDEN',
  PIPELINE_PAUSED: 'REFUSED',
  STARTS_HELD: 'REFUSED',
  MATERIAL_UNKNOWN: 'REFUSED',
  REVISION_UNKNOWN: 'REFUSED',
  REVISION_REPUBLISHED: 'REFUSED',
  REVISION_WITHDRAWN: 'REFUSED',
  RUN_NOT_PASSED: 'REFUSED',
  SET_MISSING: 'REFUSED',
  VARIABLE_UNKNOWN: 'REFUSED',
} as const satisfies Record<RefusalCode, ApiErrorCode>;

/** What the API answers to a request that a rule of the pipeline stands against. A run that a trigger names is part of what is refused. */
export function toApiError({ code, message }: Refusal): ApiError {
  return new ApiError(codes[code], message);
}
