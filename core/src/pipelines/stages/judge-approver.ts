import type { ManualApproval } from '../../config/config.ts';
import { type Actor, hasRole } from '../actor.ts';

const rolePrefix = 'role:';

/** Why somebody may not approve a run that `triggeredBy` triggered; undefined where they may. Pure. An admin may, but for `notSelf`. */
export function judgeApprover(
  actor: Actor,
  { by, notSelf }: Pick<ManualApproval, 'by' | 'notSelf'>,
  triggeredBy: string | null,
): string | undefined {
  if (notSelf && triggeredBy === actor.person) return `${actor.person} triggered the run, and notSelf asks for somebody else`;
  const isNamed = by.some((who) =>
    who.startsWith(rolePrefix) ? hasRole(actor, who.slice(rolePrefix.length)) : who === actor.name || who === actor.person,
  );
  if (by.length === 0 || isNamed || hasRole(actor, 'admin')) return undefined;
  return `${actor.name} is none of those who may approve: ${by.join(', ')}`;
}
