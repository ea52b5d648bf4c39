import { quoteWords, reason, toIso } from './kind.ts';

/** A run on its way to a stage. */
export interface Entry {
  readonly run: number;
  readonly stage: string;
}

/** Whose approvals a run waits for. */
export interface Asking extends Entry {
  readonly by: readonly string[];
  readonly required: number;
  /** How many persons have approved. */
  readonly given: number;
  /** Persons who have, and could not any more. */
  readonly lapsed: readonly string[];
}

/** What somebody did, and their own words. */
export interface Word extends Entry {
  readonly by: string;
  readonly comment: string | null;
}

/** That nothing enters a level: of a package, or of all. */
export interface Frozen {
  readonly level: string;
  readonly package: string | null;
  readonly by: string;
  readonly comment: string;
  readonly until: number | null;
}

const becauseOf: Readonly<Record<string, string>> = {
  republished: 'was published again with other bytes, which nobody has acknowledged',
  withdrawn: 'was withdrawn from its repository',
};

const againSo = { given: ', and so approved it', asked: ', which asks for approval anew', none: '' };

function sayWho(people: readonly string[]): string {
  return people.length === 0 ? 'whoever may operate the pipeline' : people.join(', ');
}

function notYet({ run, stage }: Entry): string {
  return `run ${run} does not enter ${stage} yet`;
}

/** Why a run enters a stage, waits before it, or ends there. */
export const stageReasons = {
  'waits-for-approval': reason<Asking>(
    'The stage has a manual approval, and not enough people whose word counts have given theirs.',
    '`sluice approve PIPELINE/COUNTER STAGE`, by those whom it names',
    ({ run, stage, by, required, given, lapsed }) => {
      const who = required === 1 ? sayWho(by) : `${required} of ${sayWho(by)}`;
      const so = given === 0 ? '' : `; ${given} of ${required} persons have`;
      const gone =
        lapsed.length === 0
          ? ''
          : `; what ${lapsed.join(', ')} said counts no more: they may not approve it now`;
      return `run ${run} waits for approval to enter ${stage}: ${who}${so}${gone}`;
    },
  ),
  'asks-nobody-now': reason<Entry>(
    'The configuration asks for fewer approvals than when the run came to the stage, and it has enough.',
    'nothing is to be done',
    ({ run, stage }) => `run ${run} needs no more approvals for ${stage}, as the configuration is now`,
  ),
  approved: reason<Word>(
    'As many people as it needs have approved.',
    'nothing is to be done; its turn, its rest or its window may still have to come',
    ({ by, run, stage, comment }) => `${by} approved run ${run} for ${stage}${quoteWords(comment)}`,
  ),
  'approved-in-part': reason<Word & { given: number; required: number }>(
    'Somebody approved, and the stage needs more people.',
    'ask the others',
    ({ by, run, stage, comment, given, required }) =>
      `${by} approved run ${run} for ${stage}${quoteWords(comment)}; ${given} of ${required} persons have`,
  ),
  rejected: reason<Word>(
    'Somebody rejected the run, which ends there.',
    'mend what is wrong; trigger a run or publish a new version',
    ({ by, run, stage, comment }) => `${by} rejected run ${run} for ${stage}${quoteWords(comment)}`,
  ),
  'not-approved-in-time': reason<Entry>(
    'The approval expired (`expires:`).',
    'trigger the run again',
    ({ run, stage }) => `nobody approved run ${run} for ${stage} in time`,
  ),
  'not-after-failure': reason<Entry & { before: string }>(
    'The stage before has not passed, and the approval in force has no `evenAfterFailure` any more.',
    'run the stage before again, or trigger the run again',
    ({ run, stage, before }) => `run ${run} does not enter ${stage}, since ${before} has not passed`,
  ),
  cancelled: reason<Word>(
    'Somebody cancelled the stage.',
    'run it again where it is wanted',
    ({ by, run, stage, comment }) => `${by} cancelled ${stage} of run ${run}${quoteWords(comment)}`,
  ),
  rerun: reason<Word & { failedJobsOnly: boolean; approval: 'given' | 'asked' | 'none' }>(
    'Somebody had the stage, or its failed jobs, run again; where their own word is enough, that is their approval.',
    'nothing is to be done; where it asks for approval anew, those whom it names approve',
    ({ by, run, stage, comment, failedJobsOnly, approval }) => {
      const what = failedJobsOnly ? `the failed jobs of ${stage}` : stage;
      return `${by} had run ${run} do ${what} again${againSo[approval]}${quoteWords(comment)}`;
    },
  ),
  unlocked: reason<{ by: string; run: number }>(
    'Somebody took the lock of the pipeline from a run.',
    'nothing is to be done',
    ({ by, run }) => `${by} took the lock from run ${run}`,
  ),
  'stage-hold': reason<Entry & { why: string }>(
    'All starts are held, since the store was restored from a backup.',
    'see what is right to go on with, then `sluice release`',
    ({ why, ...entry }) =>
      `${notYet(entry)}: all starts are held: ${why}; see what is right to go on with, then release them ("sluice release")`,
  ),
  'stage-paused': reason<Entry & { comment: string | null }>(
    'The pipeline is paused, and the stage is entered without people.',
    '`sluice unpause PIPELINE`',
    ({ comment, ...entry }) => `${notYet(entry)}: the pipeline is paused${quoteWords(comment)}`,
  ),
  rests: reason<Entry & { until: number }>(
    'The run rests in the level before (`after:`).',
    'wait',
    ({ until, ...entry }) => `${notYet(entry)}: it rests in the level before until ${toIso(until)}`,
  ),
  window: reason<Entry & { opens: number | null }>(
    'The window of the stage is closed (`window:`).',
    'wait',
    ({ opens, ...entry }) =>
      `${notYet(entry)}: its window ${opens === null ? 'does not open' : `opens at ${toIso(opens)}`}`,
  ),
  'level-busy': reason<Entry & { level: string; package: string }>(
    'Another run deploys the package at the level; one is in at a time.',
    'wait, or `sluice cancel` the other run; `sluice where --level LEVEL` says what is there',
    ({ level, package: name, ...entry }) => `${notYet(entry)}: another run deploys ${name} at ${level}`,
  ),
  frozen: reason<Entry & Frozen>(
    'The level is frozen, for the package or for all.',
    '`sluice unfreeze LEVEL [PACKAGE]`, or wait where it is frozen until a time',
    ({ level, package: name, by, comment, until, ...entry }) => {
      const what = name === null ? level : `${level} for ${name}`;
      const end = until === null ? '' : ` until ${toIso(until)}`;
      return `${notYet(entry)}: ${by} froze ${what}${end}${quoteWords(comment)}`;
    },
  ),
  'stage-locked': reason<Entry>(
    'Another run holds the lock of the pipeline (`lock:`).',
    'wait for its end; after a failure mend it and run it again, or `sluice unlock PIPELINE`',
    (entry) => `${notYet(entry)}: the pipeline is locked by another run`,
  ),
  'newer-run': reason<Entry & { by: number }>(
    'A newer automatic run waits for the stage too, and takes the place.',
    'run the stage again where the older one is wanted',
    ({ by, run, stage }) => `run ${by} is newer, and enters ${stage} in place of run ${run}`,
  ),
  barred: reason<Entry & { package: string; version: string; kind: string }>(
    'A version behind the run is republished or withdrawn: no stage begins with it.',
    'compare the bytes; acknowledge the new digest, or publish it again',
    ({ run, stage, package: name, version, kind }) =>
      `run ${run} does not enter ${stage}: ${name} ${version} ${becauseOf[kind] ?? `is ${kind}`}`,
  ),
  'stage-changed': reason<Entry & { pipeline: string }>(
    'The configuration in force does not have the stage any more, or has it at another level.',
    'cancel the run, or put the stage back',
    ({ pipeline, run, stage }) =>
      `run ${run} does not enter ${stage}: the configuration has no such stage in ${pipeline} any more; cancel it, or put the stage back`,
  ),
  'removed-before': reason<Entry>(
    'The pipeline was removed while the run waited to enter the stage.',
    'nothing is to be done',
    ({ run, stage }) =>
      `the pipeline was removed from the configuration while run ${run} waited to enter ${stage}`,
  ),
  'not-self': reason<{ by: string }>(
    'Whoever triggered a run does not approve it (`notSelf`).',
    'ask somebody else',
    ({ by }) => `${by} triggered the run, and notSelf asks for somebody else`,
  ),
  'not-approver': reason<{ by: string; who: readonly string[] }>(
    'The stage names people or roles who may approve (`by:`), and this is none of them.',
    'ask one of those',
    ({ by, who }) => `${by} is none of those who may approve: ${sayWho(who)}`,
  ),
};
