import type { StageAtGate } from './find-gate.ts';

/** What becomes of the runs that wait for one stage when it is free. */
export interface Turn {
  readonly enters: StageAtGate | undefined;
  /** Older automatic runs, which give way to the newest. */
  readonly superseded: readonly StageAtGate[];
  /** The newest automatic run, to which they give way. */
  readonly by: StageAtGate | undefined;
}

/** What starts runs that give way to newer ones. */
const gives: ReadonlySet<StageAtGate['startedBy']> = new Set(['latest', 'timer']);

/**
 * Whose turn it is in a stage that is free, of those that wait for it in the order in which they came. Pure.
 *
 * Of the automatic ones (started by `latest` or a timer, let in by nobody) only the newest stays. Those that `every` or a person
 * started, that somebody approved, or had done again, are superseded by none: they go in first in, first out.
 */
export function takeTurn(waiting: readonly StageAtGate[]): Turn {
  const automatic = waiting.filter(
    ({ startedBy, approval, stageCounter }) => gives.has(startedBy) && approval.type === 'auto' && stageCounter === 1,
  );
  const by = automatic.reduce<StageAtGate | undefined>(
    (newest, stage) => (newest && newest.counter > stage.counter ? newest : stage),
    undefined,
  );
  const superseded = automatic.filter((stage) => stage !== by);
  return { enters: waiting.find((stage) => !superseded.includes(stage)), superseded, by };
}
