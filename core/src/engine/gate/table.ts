import type { Road } from '../../domain/level.ts';

/** What is asked of a run that is to enter a stage. */
export type Check =
  | 'stage'
  | 'approvals'
  | 'alarms'
  | 'hold'
  | 'pause'
  | 'rest'
  | 'freeze'
  | 'level-busy'
  | 'window'
  | 'lock'
  | 'turn';

/** Whether a check that objects keeps a run waiting that comes by a road. */
export type Cell = 'pass' | 'wait';

const automatic = {
  stage: 'wait',
  approvals: 'wait',
  alarms: 'wait',
  hold: 'wait',
  pause: 'wait',
  rest: 'wait',
  freeze: 'wait',
  'level-busy': 'wait',
  window: 'wait',
  lock: 'wait',
  turn: 'wait',
} as const satisfies Record<Check, Cell>;

/**
 * The gate: whatever brings a run into a stage asks all of it, at that moment, by the configuration in
 * force. docs/levels.md has it for people.
 */
export const gate = {
  trigger: automatic,
  hand: automatic,
  pass: automatic,
  /** Who approves during a pause knows of it. */
  approval: { ...automatic, pause: 'pass' },
  rerun: automatic,
} as const satisfies Record<Road, Record<Check, Cell>>;
