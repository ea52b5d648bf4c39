import type { Config } from '../../../config/config.ts';
import type { Actor } from '../../../pipelines/actor.ts';
import { judgeWord } from '../../../pipelines/stages/judge-word.ts';
import type { WaitingStage } from '../../../store/waiting.ts';
import { pathOfRun, pathOfStageAction } from '../addresses.ts';
import { showTime } from '../components/time.ts';
import { type Html, html } from '../html.ts';

/** Who looks at what waits, when, and whether more may wait than is listed. */
interface Looking {
  readonly config: Config;
  readonly actor: Actor;
  readonly now: number;
  readonly isCut: boolean;
}

/** Runs that wait for somebody's approval, longest first, with what those may do who look. */
export function showWaiting(waiting: readonly WaitingStage[], looking: Looking): Html {
  return html`<section id="waiting" data-part aria-labelledby=${waiting.length > 0 ? 'waiting-title' : null}>${
    waiting.length > 0 &&
    html`<h2 id="waiting-title">Waiting for approval</h2>
      <ul class="waits">${waiting.map((one) => showOne(one, looking))}${looking.isCut && html`<li class="hint">These wait longest; there may be more.</li>`}</ul>`
  }</section>`;
}

function showOne(waiting: WaitingStage, looking: Looking): Html {
  const { pipeline, counter, label, stage, readyAt, expiresAt } = waiting;
  const { now } = looking;
  const link = (action: string, title: string) =>
    html`<a class="button" href=${pathOfStageAction({ pipeline, counter }, stage, action)}>${title}<span class="unseen"> ${pipeline} ${label} for ${stage}</span> …</a>`;
  return html`<li><span><a href=${pathOfRun(pipeline, counter)}>${pipeline} ${label}</a> waits to enter <strong>${stage}</strong>${
    readyAt !== null && html` <span class="hint">since ${showTime(readyAt, now)}</span>`
  }${expiresAt !== null && html` <span class="hint">· expires ${showTime(expiresAt, now)}</span>`}</span>${
    mayApprove(waiting, looking) && html`<span class="offers">${link('approve', 'Approve')}${link('reject', 'Reject')}</span>`
  }</li>`;
}

/** As the API judges it. */
function mayApprove(waiting: WaitingStage, { config, actor, now }: Looking): boolean {
  const { pipeline, counter, person, stage: name, readyAt, expiresAt, approvals } = waiting;
  const stage = { name, status: 'waiting', readyAt, cancelAt: null, expiresAt } as const;
  const definition = config.pipelines.get(pipeline);
  return (
    judgeWord(actor, { pipeline, definition, run: { counter, person }, stage, stages: [stage], now }, approvals) === undefined
  );
}
