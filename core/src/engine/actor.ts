import { type AccessConfig, isExpired } from '../config/access.ts';

/**
 * Who asks for something: a token's name, the person it stands for (approvals count persons), and what they
 * may.
 */
export interface Actor {
  readonly name: string;
  readonly person: string;
  readonly roles: readonly string[];
}

/** Without `access:` everybody on this machine is admin, and nobody can be told from another. */
export const anonymous: Actor = { name: 'anonymous', person: 'anonymous', roles: ['admin'] };

/** Whether somebody has a role; an admin has every one. */
export function hasRole({ roles }: Actor, role: string): boolean {
  return roles.includes('admin') || roles.includes(role);
}

/**
 * As whom a person could ask now: by each token that stands for them. Without `access:` everybody is admin.
 * `now` in milliseconds.
 */
export function listActorsOf(
  person: string,
  access: AccessConfig | undefined,
  now: number,
): readonly Actor[] {
  if (!access) return [{ ...anonymous, person }];
  const tokens = [...access.tokens.values()].filter(
    (token) => token.person === person && !isExpired(token, now),
  );
  return tokens.map(({ name, roles }) => ({ name, person, roles }));
}
