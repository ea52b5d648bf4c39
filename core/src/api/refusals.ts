import { type Refusal, type RefusalCode, say } from '../domain/reason.ts';
import { ApiError, type ApiErrorCode } from './api-error.ts';

const codes = {
  'pipeline-unknown': 'NOT_FOUND',
  'run-unknown': 'NOT_FOUND',
  'stage-unknown': 'NOT_FOUND',
  'attempt-moved-on': 'CONFLICT',
  'stage-not-waiting': 'CONFLICT',
  'stage-gone': 'STAGE_CHANGED',
  'asks-nobody': 'CONFLICT',
  'approval-expired': 'CONFLICT',
  'approved-already': 'CONFLICT',
  'stage-running': 'CONFLICT',
  'stage-not-done': 'CONFLICT',
  'stage-before': 'CONFLICT',
  'nothing-failed': 'CONFLICT',
  'nothing-to-cancel': 'CONFLICT',
  'level-unknown': 'NOT_FOUND',
  'not-operator-there': 'FORBIDDEN',
  'not-deployed-there': 'NOT_FOUND',
  'level-in-use': 'CONFLICT',
  'not-frozen': 'CONFLICT',
  'not-paused': 'CONFLICT',
  'not-locked': 'CONFLICT',
  'lock-in-use': 'CONFLICT',
  'nothing-held': 'CONFLICT',
  'not-held': 'CONFLICT',
  'configuration-replaced': 'NOT_READY',
  'not-operator': 'FORBIDDEN',
  'not-self': 'FORBIDDEN',
  'not-approver': 'FORBIDDEN',
  hold: 'REFUSED',
  'pipeline-paused': 'REFUSED',
  'variable-unknown': 'REFUSED',
  'material-unknown': 'REFUSED',
  'choose-a-run': 'REFUSED',
  'version-unknown': 'REFUSED',
  'version-withdrawn': 'REFUSED',
  'version-republished': 'REFUSED',
  'run-barred': 'REFUSED',
  'run-not-passed': 'REFUSED',
  'never-passed': 'REFUSED',
  'set-missing': 'REFUSED',
  'poll-failed-first': 'POLL_FAILED',
  'cannot-pin': 'REFUSED',
} as const satisfies Record<RefusalCode, ApiErrorCode>;

/** What the API answers to a request that a rule stands against. */
export function toApiError(refusal: Refusal): ApiError {
  return new ApiError(codes[refusal.code], say(refusal), refusal);
}

/** What the API answers to a trigger: what it names is part of what is refused. */
export function toTriggerError(refusal: Refusal): ApiError {
  const { code } = refusal;
  return code === 'poll-failed-first' ? toApiError(refusal) : new ApiError('REFUSED', say(refusal), refusal);
}
