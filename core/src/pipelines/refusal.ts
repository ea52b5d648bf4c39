/** Why a request is refused. */
export type RefusalCode =
  | 'PIPELINE_UNKNOWN'
  | 'PIPELINE_PAUSED'
  | 'STARTS_HELD'
  | 'MATERIAL_UNKNOWN'
  | 'REVISION_UNKNOWN'
  | 'REVISION_REPUBLISHED'
  | 'REVISION_WITHDRAWN'
  | 'RUN_UNKNOWN'
  | 'RUN_NOT_PASSED'
  | 'SET_MISSING'
  | 'VARIABLE_UNKNOWN'
  | 'STAGE_UNKNOWN'
  | 'STAGE_MOVED_ON'
  | 'STAGE_CHANGED'
  | 'CONFIGURATION_REPLACED'
  | 'NOT_ALLOWED'
  | 'NOTHING_TO_DO';

/** A request that changes nothing, and what to do about it. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
}

/** Makes a refusal. */
export function refuse(code: RefusalCode, message: string): Refusal {
  return { code, message };
}

const charactersShown = 255;

/** What came from outside is shown short, without control characters. */
export function quote(text: string): string {
  return JSON.stringify(text.slice(0, charactersShown));
}
