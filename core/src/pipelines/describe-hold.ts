import type { Hold } from '../store/hold.ts';

/** Why nothing starts, and what to do, as a clause. */
export function describeHold({ reason }: Hold): string {
  return `all starts are held: ${reason}; see what is right to go on with, then release them ("sluice release")`;
}
