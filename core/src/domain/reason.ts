import { type ReasonKind, reason, type SomeReason } from './reasons/kind.ts';
import { publicationReasons } from './reasons/publications.ts';
import { requestReasons } from './reasons/requests.ts';
import { stageReasons } from './reasons/stages.ts';
import { triggerReasons } from './reasons/triggers.ts';

/** Reasons that are made of others. */
const joinedReasons = {
  baseline: reason<{ package: string; why: SomeReason }>(
    'The first look at a package, or at a new selection of it: its history is recorded, and at most the newest starts.',
    'trigger a run by hand where an older version is wanted',
    ({ package: name, why }) => `the first look at ${name} is a baseline: ${say(why)}`,
  ),
  'timer-waits': reason<{ why: SomeReason }>(
    "The pipeline's timer came, and its run cannot start now; it starts as soon as it can.",
    'see the reason that stands in it',
    ({ why }) => `the timer came, and ${say(why)}`,
  ),
  'set-missing': reason<{ pipeline: string; why: SomeReason }>(
    'Nothing agrees with what a trigger chose.',
    'choose other versions or runs',
    ({ pipeline, why }) => `${pipeline} cannot run with this: ${say(why)}`,
  ),
  together: reason<{ all: readonly SomeReason[] }>(
    'Several triggers start one run together.',
    'nothing is to be done',
    ({ all }) => all.map(say).join('; '),
  ),
  'recorded-before': reason<{ sentence: string }>(
    'A version of Sluice before the reasons had codes recorded it.',
    'nothing is to be done',
    ({ sentence }) => sentence,
  ),
};

/** Every reason that is ever given, by its code; docs/decisions.md has a row for each. */
export const reasons = {
  ...publicationReasons,
  ...triggerReasons,
  ...stageReasons,
  ...requestReasons,
  ...joinedReasons,
};

/** The code of a reason. */
export type ReasonCode = keyof typeof reasons;

/** What the sentence of a reason is made of. */
export type FactsOf<Code extends ReasonCode> = Parameters<(typeof reasons)[Code]['say']>[0];

/** Why something was decided: data, to be stored, compared and told. */
export type Reason = {
  [Code in ReasonCode]: { readonly code: Code; readonly facts: FactsOf<Code> };
}[ReasonCode];

/** A reason of one of some kinds. */
export type ReasonOf<Code extends ReasonCode> = Extract<Reason, { readonly code: Code }>;

/** The code of a reason why a request of somebody changes nothing. */
export type RefusalCode = keyof typeof requestReasons | 'not-self' | 'not-approver' | 'hold' | 'set-missing';

/** Why a request of somebody changes nothing. */
export type Refusal = ReasonOf<RefusalCode>;

/** Gives a reason. */
export function because<Code extends ReasonCode>(code: Code, facts: FactsOf<Code>): ReasonOf<Code> {
  return { code, facts } as ReasonOf<Code>;
}

/** The codes that a word is part of, or of what they mean; ASCII letters of the word are in lower case. */
export function listCodesWith(word: string): readonly string[] {
  return Object.entries(reasons).flatMap(([code, { means }]) =>
    `${code} ${means}`.toLowerCase().includes(word) ? [code] : [],
  );
}

/** The sentence of a reason, for people. A code of a newer version of Sluice stands for itself. */
export function say({ code, facts }: SomeReason): string {
  const known: Readonly<Record<string, ReasonKind<never>>> = reasons;
  return known[code]?.say(facts as never) ?? code;
}
