import type { StartedBy } from '../../domain/status.ts';
import type { EntryAtGate } from '../gate/entry.ts';

/** What becomes of the runs that wait for one stage when it is free. */
export interface Turn {
  readonly enters: EntryAtGate | undefined;
  /** Older automatic runs, which give way to the newest. */
  readonly superseded: readonly EntryAtGate[];
  /** The newest automatic run, to which they give way. */
  readonly by: EntryAtGate | undefined;
}

/** What starts runs that give way to newer ones. */
const gives: ReadonlySet<StartedBy> = new Set(['latest', 'timer']);

/**
 * Whose turn it is in a stage that is free, of those that wait for it in the order in which they came.
 *
 * Of the automatic ones (started by `latest` or a timer, let in by nobody) only the newest stays. Those that
 * `every` or a person started, that somebody approved, or had done again, are superseded by none: they go in
 * first in, first out.
 */
export function takeTurn(waiting: readonly EntryAtGate[]): Turn {
  const automatic = waiting.filter(
    ({ stage, approval }) =>
      gives.has(stage.run.startedBy) && approval.type === 'auto' && stage.counter === 1,
  );
  const by = automatic.reduce<EntryAtGate | undefined>(
    (newest, entry) => (newest && newest.stage.run.counter > entry.stage.run.counter ? newest : entry),
    undefined,
  );
  const superseded = automatic.filter((entry) => entry !== by);
  return { enters: waiting.find((entry) => !superseded.includes(entry)), superseded, by };
}
