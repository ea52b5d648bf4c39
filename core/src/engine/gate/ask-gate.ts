import type { Draft } from '../draft/draft.ts';
import {
  type Alarmed,
  type DelayCheck,
  delays,
  type Finding,
  findAlarms,
  findUnapproved,
  type Unapproved,
} from './checks.ts';
import type { AtGate } from './entry.ts';
import { roadOf } from './road-of.ts';
import { gate } from './table.ts';

/** What keeps a run out of a stage. */
export type Objection = Finding | Unapproved | Alarmed;

const beforeTurn = [
  'stage',
  'approvals',
  'alarms',
  'hold',
  'pause',
  'rest',
  'freeze',
  'level-busy',
  'window',
] as const;
/** What another run may have come to since the gate was asked. */
const atTurn = ['level-busy', 'lock'] as const;

/** Asks the gate whether a run may have its turn in a stage, and answers the first thing that objects. */
export function askGate(at: AtGate, draft: Draft): Objection | undefined {
  const row = gate[roadOf(at)];
  for (const check of beforeTurn) {
    if (row[check] === 'pass') continue;
    const objection =
      check === 'approvals' || check === 'alarms' ? judge(check, at, draft) : delay(check, at, draft);
    if (objection) return objection;
  }
  return undefined;
}

/** Asks again, when the turn has come. */
export function askAtTurn(at: AtGate, draft: Draft): Finding | undefined {
  const row = gate[roadOf(at)];
  for (const check of atTurn) {
    const objection = row[check] === 'wait' ? delay(check, at, draft) : undefined;
    if (objection) return objection;
  }
  return undefined;
}

function judge(check: 'approvals' | 'alarms', at: AtGate, draft: Draft): Unapproved | Alarmed | undefined {
  return check === 'approvals' ? findUnapproved(at, draft) : findAlarms(at);
}

function delay(check: DelayCheck, at: AtGate, draft: Draft): Finding | undefined {
  const found = delays[check](at, draft);
  return found && { check, ...found };
}
