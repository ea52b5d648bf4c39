import { builtInRoles, parseExpiry, reservedNames } from '../access.ts';
import { findClosest } from '../closest.ts';
import type { Finding, Path } from '../problem.ts';
import type { Incomplete, RawAccess } from '../raw-config.ts';
import { atKey, atValue, entriesOf, itemsOf, type Rule } from './rule.ts';

/** Tokens can be told apart, and who is named in the lists of pipelines and as an approver exists. */
export const checkAccess: Rule = function* ({ config: { access, pipelines } }) {
  yield* checkTokens(access);
  const known = listKnown(access);
  for (const [pipeline, { access: lists, stages }] of entriesOf(pipelines)) {
    for (const [index, { approval }] of access === undefined ? [] : itemsOf(stages)) {
      const place = ['pipelines', pipeline, 'stages', index, 'approval', 'by'];
      const by = typeof approval === 'object' ? itemsOf(approval.by) : [];
      for (const [item, name] of by) yield* checkWho([...place, item], name, known);
    }
    const at = ['pipelines', pipeline, 'access'];
    if (lists === undefined) continue;
    if (access === undefined) {
      yield atKey(
        at,
        'needs the section "access:" with tokens: without it everybody on this machine is admin',
      );
      continue;
    }
    for (const right of ['view', 'operate', 'approve'] as const) {
      for (const [index, name] of itemsOf(lists[right])) yield* checkWho([...at, right, index], name, known);
    }
  }
};

function* checkTokens(access: Incomplete<RawAccess> | undefined): Generator<Finding> {
  const owners = new Map<string, string>();
  for (const [token, { sha256, expires, person }] of entriesOf(access?.tokens)) {
    const at = ['access', 'tokens', token];
    const reserved = (name: string) =>
      `"${name}" stands for something else in the audit log; choose another name`;
    if (reservedNames.includes(token)) yield atKey(at, reserved(token));
    if (person !== undefined && reservedNames.includes(person))
      yield atValue([...at, 'person'], reserved(person));
    if (expires !== undefined && parseExpiry(expires) === undefined) {
      yield atValue(
        [...at, 'expires'],
        `expires: "${expires}" is not a date such as 2027-01-01 or 2027-01-01T09:00:00Z`,
      );
    }
    for (const [index, hash] of itemsOf(sha256)) {
      const owner = owners.get(hash.toLowerCase());
      if (owner !== undefined)
        yield atValue(
          [...at, 'sha256', index],
          `this is already the token "${owner}"; give everybody a token of their own`,
        );
      owners.set(hash.toLowerCase(), token);
    }
  }
}

interface Known {
  readonly names: readonly string[];
  readonly roles: readonly string[];
}

function listKnown(access: Incomplete<RawAccess> | undefined): Known {
  const tokens = entriesOf(access?.tokens);
  return {
    names: tokens.flatMap(([name, { person }]) => (person === undefined ? [name] : [name, person])),
    roles: [...builtInRoles, ...tokens.flatMap(([, { roles }]) => itemsOf(roles).map(([, role]) => role))],
  };
}

function* checkWho(place: Path, name: string, { names, roles }: Known): Generator<Finding> {
  const isRole = name.startsWith('role:');
  if (isRole ? roles.includes(name.slice('role:'.length)) : names.includes(name)) return;
  const meant = findClosest(name, [...names, ...roles.map((role) => `role:${role}`)]);
  const hint = meant === undefined ? '' : ` (did you mean "${meant}"?)`;
  yield atValue(
    place,
    `no token has the ${isRole ? 'role' : 'name or the person'} "${name.replace('role:', '')}"${hint}`,
  );
}
