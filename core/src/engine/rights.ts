import type { PipelineAccess } from '../config/access.ts';
import { type Actor, hasRole } from './actor.ts';

/** Whether a list names somebody: the token, its person, or `role:NAME`. An admin is named everywhere. */
export function isNamed(actor: Actor, list: readonly string[]): boolean {
  const names = [actor.name, actor.person, ...actor.roles.map((role) => `role:${role}`)];
  return actor.roles.includes('admin') || list.some((name) => names.includes(name));
}

/** Whether somebody has at least one of the built-in roles: an operator may all that a viewer may. */
export function reaches(actor: Actor, role: 'viewer' | 'operator' | 'admin'): boolean {
  return hasRole(actor, role) || (role === 'viewer' && hasRole(actor, 'operator'));
}

/**
 * Whether somebody may see a pipeline: `view` names them or, where there is none, they are a viewer; and
 * whoever is named for more.
 */
export function mayView(actor: Actor, { view, operate, approve }: PipelineAccess): boolean {
  const isTrusted = isNamed(actor, [...(operate ?? []), ...(approve ?? [])]);
  return isTrusted || (view ? isNamed(actor, view) : reaches(actor, 'viewer'));
}

/**
 * Whether somebody may change what a pipeline does: `operate` names them or, where there is none, they are an
 * operator who may see it.
 */
export function mayOperate(actor: Actor, access: PipelineAccess): boolean {
  return access.operate
    ? isNamed(actor, access.operate)
    : reaches(actor, 'operator') && mayView(actor, access);
}

/**
 * Whether somebody may approve or reject a stage, whose `by` may name who: both `approve` of the pipeline and
 * `by` must name them, where they exist; where neither does, whoever may operate the pipeline may approve.
 */
export function mayApprove(actor: Actor, access: PipelineAccess, by: readonly string[] = []): boolean {
  const { approve } = access;
  if (approve && !isNamed(actor, approve)) return false;
  if (by.length > 0) return isNamed(actor, by);
  return approve !== undefined || mayOperate(actor, access);
}
