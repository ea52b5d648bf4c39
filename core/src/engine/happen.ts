import type { Refusal } from '../domain/reason.ts';
import type { Status } from '../domain/status.ts';
import type { Effect } from '../store/effects/effect.ts';
import { writeEffects } from '../store/effects/write-effects.ts';
import { appendEvents, type NewEvent } from '../store/events.ts';
import type { JobEnd } from '../store/job-facts.ts';
import { readSituation } from '../store/situations/read-situation.ts';
import type { Tx } from '../store/store.ts';
import { answerOver, openAnswerBook } from './answer-book.ts';
import { decide } from './decide.ts';
import { Draft } from './draft/draft.ts';
import type { Happening } from './happening.ts';
import type { InForce } from './in-force.ts';
import { answerAll } from './question.ts';
import { findTouched } from './situate.ts';
import { tellEffects } from './tell.ts';

/** A run whose status changed. */
export interface RunChange {
  readonly pipeline: string;
  readonly counter: number;
  readonly status: Status;
}

/** What came of a happening, to be told once it is committed. */
export interface Happened {
  readonly runs: readonly RunChange[];
  readonly events: readonly NewEvent[];
  /**
   * How jobs ended, by attempt; undefined where another attempt follows. Attempts that another node has by
   * now are not in it.
   */
  readonly jobs: ReadonlyMap<number, JobEnd | undefined>;
  /** Why somebody's wish is not fulfilled. */
  readonly refusal: Refusal | undefined;
  /** The counter of the run that somebody triggered. */
  readonly run: number | undefined;
  /** Whether a wish counts as an approval of whoever has it. */
  readonly isApproval: boolean;
}

/**
 * Lets something happen to pipelines, and all that follows from it, in one transaction: they are locked, what
 * is known of them is read, the rules decide, and what they decide is written. It is the one door to runs.
 * `before` is told ahead of what follows.
 *
 * Call it last in a transaction: it writes events, and on PostgreSQL that makes others wait for the commit.
 */
export async function happen(
  tx: Tx,
  happening: Happening,
  inForce: InForce,
  before: readonly NewEvent[] = [],
): Promise<Happened> {
  const { now } = inForce;
  const situation = await readSituation(tx, await findTouched(tx, happening, inForce.config), now);
  const draft = new Draft(situation, inForce);
  const book = openAnswerBook(
    tx,
    situation.pipelines.map(({ id }) => id),
  );
  const { effects, refusal, run } = await answerAll(decide(draft, happening), answerOver(draft, book));
  await writeEffects(tx, effects, now);
  // Work that another node has to do, or that was due before, is not found by what was written.
  if (!situation.mayStart || isRelease(happening)) tx.wake('attempts');
  const events = [...before, ...tellEffects(effects, (id) => draft.pipeline(id).name)];
  await appendEvents(tx, events, now);
  return { ...describe(draft, effects), events, refusal, run };
}

function isRelease(happening: Happening): boolean {
  return happening.kind === 'asked' && happening.wish.what === 'release';
}

function describe(draft: Draft, effects: readonly Effect[]): Pick<Happened, 'runs' | 'jobs' | 'isApproval'> {
  const jobs = new Map<number, JobEnd | undefined>();
  const runs: RunChange[] = [];
  let isApproval = false;
  for (const effect of effects) {
    if (effect.kind === 'attempt ended') jobs.set(effect.id, undefined);
    if (effect.kind === 'job ended') jobs.set(effect.job.attemptId, effect.end);
    if (effect.kind === 'word given') isApproval = true;
    if (effect.kind === 'run status')
      runs.push({ pipeline: effect.run.pipeline, counter: effect.run.counter, status: effect.status });
    if (effect.kind === 'run created') {
      const { counter, pipelineId } = effect.run;
      runs.push({ pipeline: draft.pipeline(pipelineId).name, counter, status: 'pending' });
    }
  }
  return { jobs, runs, isApproval };
}
