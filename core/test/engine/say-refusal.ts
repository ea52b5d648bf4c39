import { say } from '../../src/domain/reason.ts';
import type { Happened } from '../../src/engine/happen.ts';

/** Why a wish was refused, in words. */
export function sayRefusal({ refusal }: Happened): string | undefined {
  return refusal && say(refusal);
}
