import type { Config } from '../config/config.ts';
import type { Actor } from '../engine/actor.ts';
import { judgeWord } from '../engine/asked/judge-word.ts';
import type { WaitingStage } from '../store/waiting.ts';

/** Who looks at what waits, when (milliseconds), under the configuration in force. */
export interface Looking {
  readonly config: Config;
  readonly actor: Actor;
  readonly now: number;
}

/** Whether somebody could approve a run that waits, as a request of theirs would be judged. */
export function mayApprove(waiting: WaitingStage, { config, actor, now }: Looking): boolean {
  const { pipeline, counter, person, stage: name, readyAt, expiresAt, approvals } = waiting;
  const stage = { name, status: 'waiting', readyAt, cancelAt: null, expiresAt } as const;
  const definition = config.pipelines.get(pipeline);
  const at = { pipeline, definition, run: { counter, person }, stage, stages: [stage], now };
  return judgeWord(actor, at, approvals) === undefined;
}
