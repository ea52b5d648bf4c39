import { appendEvents } from '../store/events.ts';
import { endHold, readHold } from '../store/hold.ts';
import { listPipelineNames } from '../store/pipelines.ts';
import type { Tx } from '../store/store.ts';
import { refuse } from './refusal.ts';
import type { Acted } from './stages/act-on-stage.ts';
import { type StartOptions, startRuns } from './start-runs.ts';

/** Lets go of all starts that are held, whatever the pipeline: what waited begins in its turn. */
export async function releaseStarts(tx: Tx, options: StartOptions): Promise<Acted> {
  const hold = await readHold(tx);
  if (!hold) return { refusal: refuse('NOTHING_TO_DO', 'starts are not held') };
  await endHold(tx);
  const all = await listPipelineNames(tx);
  const { runs, events } = await startRuns(tx, [...all.keys()], options);
  await appendEvents(tx, events, options.now);
  // Attempts that were due before wait, too.
  tx.wake('attempts');
  return { runs };
}
