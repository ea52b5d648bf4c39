import { anonymous } from '../../engine/actor.ts';
import { happen } from '../../engine/happen.ts';
import { claimJobs } from '../../engine/jobs/claim-jobs.ts';
import type { NewEvent } from '../../store/events.ts';
import type { Tx } from '../../store/store.ts';
import type { StageEnd } from './outcomes.ts';
import type { Scene } from './scene.ts';

/** A stage that runs in a replay. */
export interface RunningStage {
  readonly pipeline: string;
  readonly counter: number;
  readonly name: string;
}

const mostJobs = 10_000;

/** Ends a stage as it ended, and lets all follow from it. */
export async function endStage(
  tx: Tx,
  { pipeline, counter, name: stage }: RunningStage,
  { status, at }: Pick<StageEnd, 'status'> & { readonly at: number },
  { config, inForceAt }: Scene,
): Promise<readonly NewEvent[]> {
  const inForce = inForceAt(at);
  if (status === 'cancelled') {
    const wish = { what: 'cancel', pipeline, counter, stage } as const;
    return (await happen(tx, { kind: 'asked', wish, actor: anonymous, comment: undefined }, inForce)).events;
  }
  const claim = {
    node: 'backtest',
    configHash: config.hash,
    mayBegin: true,
    inHand: [],
    room: mostJobs,
    now: at,
  };
  const claimed = (await claimJobs(tx, claim)).filter(
    ({ facts }) =>
      facts.run.pipeline === pipeline && facts.run.counter === counter && facts.stage.name === stage,
  );
  const outcome = { status, exitCode: null, message: null };
  const attempts = claimed.map(({ lease, facts }) => ({ lease, facts, outcome }));
  return (await happen(tx, { kind: 'ended', attempts }, inForce)).events;
}
