import { appendDecisions } from '../../store/decisions.ts';
import { appendEvents } from '../../store/events.ts';
import type { Tx } from '../../store/store.ts';
import type { Changes } from '../changes.ts';
import type { Refusal } from '../refusal.ts';
import { type StartOptions, startRuns } from '../start-runs.ts';
import { type FoundStage, findStage, type StageRequest } from './find-stage.ts';

/** What came of a request: the runs that it changed, to be told once it is committed, or why nothing did. */
export type Acted = { readonly runs: Changes['runs']; readonly refusal?: undefined } | { readonly refusal: Refusal };

/** Does something to a stage because somebody asks, and all that follows from it, in one transaction. */
export async function actOnStage(
  tx: Tx,
  request: StageRequest,
  options: StartOptions,
  act: (found: FoundStage) => Promise<Refusal | undefined>,
): Promise<Acted> {
  const found = await findStage(tx, request, options);
  if ('code' in found) return { refusal: found };
  const { move, affected } = found;
  const refusal = await act(found);
  await appendDecisions(tx, move.changes.decisions);
  if (refusal) return { refusal };
  const started = await startRuns(tx, affected, options);
  await appendEvents(tx, [...move.changes.events, ...started.events], options.now);
  return { runs: [...move.changes.runs, ...started.runs] };
}
