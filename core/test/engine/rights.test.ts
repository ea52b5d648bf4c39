import { describe, expect, it } from 'vitest';
import type { PipelineAccess } from '../../src/config/access.ts';
import type { Actor } from '../../src/engine/actor.ts';
import { mayApprove, mayOperate, mayView } from '../../src/engine/rights.ts';

const actor = (name: string, ...roles: readonly string[]): Actor => ({
  name,
  person: `${name}-person`,
  roles,
});
const viewer = actor('viewer', 'viewer');
const operator = actor('operator', 'operator');
const admin = actor('admin', 'admin');
const free = actor('free', 'qa');
const nothing = actor('nothing');

const open: PipelineAccess = { view: undefined, operate: undefined, approve: undefined };
const all = { viewer, operator, admin, free, nothing };
const namesOf = (may: (one: Actor) => boolean) =>
  Object.entries(all).flatMap(([name, one]) => (may(one) ? [name] : []));

describe('who may view a pipeline', () => {
  it.each<[string, Partial<PipelineAccess>, readonly string[]]>([
    ['without lists: who has a built-in role', {}, ['viewer', 'operator', 'admin']],
    ['whom view names, and an admin', { view: ['viewer'] }, ['viewer', 'admin']],
    ['whom it names by the person', { view: ['free-person'] }, ['admin', 'free']],
    ['whom it names by a role', { view: ['role:qa', 'role:operator'] }, ['operator', 'admin', 'free']],
    ['nobody but an admin, where it names nobody', { view: [] }, ['admin']],
    [
      'who may operate or approve it',
      { view: [], operate: ['free'], approve: ['nothing'] },
      ['admin', 'free', 'nothing'],
    ],
    ['a role is no name', { view: ['qa', 'role:free'] }, ['admin']],
  ])('%s', (_, lists, expected) => {
    expect(namesOf((one) => mayView(one, { ...open, ...lists }))).toEqual(expected);
  });
});

describe('who may operate a pipeline', () => {
  it.each<[string, Partial<PipelineAccess>, readonly string[]]>([
    ['without lists: an operator', {}, ['operator', 'admin']],
    [
      'whom operate names, and no other operator',
      { operate: ['free', 'viewer'] },
      ['viewer', 'admin', 'free'],
    ],
    ['an operator who may view it', { view: ['viewer'] }, ['admin']],
    ['an operator whom view names', { view: ['role:operator'] }, ['operator', 'admin']],
  ])('%s', (_, lists, expected) => {
    expect(namesOf((one) => mayOperate(one, { ...open, ...lists }))).toEqual(expected);
  });
});

describe('who may approve in a pipeline', () => {
  it.each<[string, Partial<PipelineAccess>, readonly string[], readonly string[]]>([
    ['without lists: who may operate it', {}, [], ['operator', 'admin']],
    ['whom the stage names', {}, ['viewer', 'role:qa'], ['viewer', 'admin', 'free']],
    ['whom the pipeline names', { approve: ['free'] }, [], ['admin', 'free']],
    ['whom both name', { approve: ['free', 'operator'] }, ['viewer', 'free-person'], ['admin', 'free']],
    ['nobody but an admin, where the pipeline names nobody', { approve: [] }, ['viewer'], ['admin']],
  ])('%s', (_, lists, by, expected) => {
    expect(namesOf((one) => mayApprove(one, { ...open, ...lists }, by))).toEqual(expected);
  });
});
