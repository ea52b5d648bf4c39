import type { Tx } from '../store/store.ts';
import { endTriggers, readWaitingTriggers, releaseTriggers, type WaitingTrigger } from '../store/triggers.ts';
import { aboutTrigger } from './about-trigger.ts';
import type { Move } from './changes.ts';
import { operatePipeline, type PipelineRequest } from './operate-pipeline.ts';
import { refuse } from './refusal.ts';
import type { Acted } from './stages/act-on-stage.ts';
import type { StartOptions } from './start-runs.ts';

/** What becomes of the triggers that the storm guard holds: all wait for their turn, only the newest of each material, or none. */
export type Take = 'all' | 'newest' | 'none';

/** Lets the triggers go that the storm guard holds, or drops them, with a decision each. */
export function takeHeld(tx: Tx, request: PipelineRequest & { readonly take: Take }, options: StartOptions): Promise<Acted> {
  return operatePipeline(tx, request, options, async (move) => {
    const held = await readWaitingTriggers(tx, move.pipeline.id, 'held');
    if (held.length === 0) return refuse('NOTHING_TO_DO', `nothing is held in ${move.pipeline.name}`);
    const taken = new Set(chooseTaken(held, request.take));
    await releaseTriggers(
      tx,
      [...taken].map(({ id }) => id),
    );
    await drop(tx, move, { dropped: held.filter((trigger) => !taken.has(trigger)), by: request.actor.name });
    return undefined;
  });
}

function chooseTaken(held: readonly WaitingTrigger[], take: Take): readonly WaitingTrigger[] {
  if (take === 'none') return [];
  if (take === 'all') return held;
  const byMaterial = Map.groupBy(held, (trigger) =>
    trigger.kind === 'revision' ? trigger.packageId : `run of ${trigger.upstreamId}`,
  );
  return [...byMaterial.values()].flatMap((ofOne) => ofOne.toSorted(compareAge).slice(-1));
}

function compareAge(a: WaitingTrigger, b: WaitingTrigger): number {
  return a.kind === 'revision' && b.kind === 'revision' ? a.move - b.move || a.rank - b.rank : a.id - b.id;
}

async function drop(
  tx: Tx,
  move: Move,
  { dropped, by }: { readonly dropped: readonly WaitingTrigger[]; readonly by: string },
): Promise<void> {
  await endTriggers(
    tx,
    dropped.map(({ id }) => id),
    'dropped',
  );
  for (const trigger of dropped) {
    const reason = `${by} dropped it from what the storm guard held`;
    move.changes.addDecision({ ...aboutTrigger(move, trigger), outcome: 'refused', reason, runId: null });
  }
}
