import type { PassedQuery, TracedRun } from '../domain/provenance.ts';
import type { PinnableRevision, Startable } from '../domain/revision.ts';
import type { TriggerWish } from '../domain/trigger.ts';

/**
 * What a decision may still want to know beside its situation, since there may be very much of it: each by an
 * index.
 */
export interface Answers {
  /** Runs whose stage's newest attempt is passed, newest first. */
  readonly passedRuns: { readonly about: PassedQuery; readonly answer: readonly TracedRun[] };
  /** What a package can contribute to a run that something else started, highest rank first. */
  readonly startable: { readonly about: Startable; readonly answer: readonly PinnableRevision[] };
  readonly revision: { readonly about: number; readonly answer: PinnableRevision | undefined };
  /** One version of a package, whatever its state. */
  readonly version: {
    readonly about: { readonly packageId: number; readonly version: string };
    readonly answer: PinnableRevision | undefined;
  };
  /** The id of a run that is kept. */
  readonly run: {
    readonly about: { readonly pipelineId: number; readonly counter: number };
    readonly answer: number | undefined;
  };
  /** `npmjs/fastify` and `5.2.1` by revision id. */
  readonly names: {
    readonly about: readonly number[];
    readonly answer: ReadonlyMap<number, { readonly package: string; readonly version: string }>;
  };
  /** How often the pointers of packages moved, by package id. */
  readonly moves: { readonly about: readonly number[]; readonly answer: ReadonlyMap<number, number> };
  /** Which of some packages follow a pointer. */
  readonly followers: { readonly about: readonly number[]; readonly answer: ReadonlySet<number> };
  /** The counter of the run that a set of materials has started in a pipeline. */
  readonly startedSet: {
    readonly about: { readonly pipelineId: number; readonly hash: string };
    readonly answer: number | undefined;
  };
  /** How many runs one poll has started in a pipeline so far, and is still to start. */
  readonly runsOfPoll: {
    readonly about: { readonly pipelineId: number; readonly poll: string };
    readonly answer: number;
  };
  /** Of some wishes those that were wished before, by their place in the list. */
  readonly wishedBefore: { readonly about: readonly TriggerWish[]; readonly answer: ReadonlySet<number> };
}

/** A question that a decision asks on its way. */
export type Question = {
  [Kind in keyof Answers]: { readonly kind: Kind; readonly about: Answers[Kind]['about'] };
}[keyof Answers];

/** A part of a decision: it yields questions, and goes on with their answers. */
export type Deciding<Result> = Generator<Question, Result, unknown>;

/** Asks one question. */
export function* ask<Kind extends keyof Answers>(
  kind: Kind,
  about: Answers[Kind]['about'],
): Generator<Question, Answers[Kind]['answer'], unknown> {
  return (yield { kind, about } as Question) as Answers[Kind]['answer'];
}

/** Where answers come from: the store by index, or lists in memory. */
export type AnswerBook = {
  readonly [Kind in keyof Answers]: (about: Answers[Kind]['about']) => Promise<Answers[Kind]['answer']>;
};

/** Answers the questions of a decision as they come. */
export async function answerAll<Result>(deciding: Deciding<Result>, book: AnswerBook): Promise<Result> {
  for (let step = deciding.next(); ; ) {
    if (step.done) return step.value;
    const { kind, about } = step.value;
    const answer = book[kind] as (about: unknown) => Promise<unknown>;
    step = deciding.next(await answer(about));
  }
}

/** The same answers, each looked up once: nothing of what they are about changes meanwhile. */
export function rememberAnswers(book: AnswerBook): AnswerBook {
  const remembering = Object.entries(book).map(([kind, answer]) => {
    const known = new Map<string, Promise<unknown>>();
    const remembered = (about: unknown) => {
      const key = JSON.stringify(about);
      const found = known.get(key) ?? (answer as (about: unknown) => Promise<unknown>)(about);
      known.set(key, found);
      return found;
    };
    return [kind, remembered];
  });
  return Object.fromEntries(remembering);
}
