import type { WaitingStage } from '../../../store/waiting.ts';
import { type Looking, mayApprove } from '../../may-approve.ts';
import { pathOfRun, pathOfStageAction } from '../addresses.ts';
import { showAlarm } from '../components/alarms.ts';
import { showCut } from '../components/cut-list.ts';
import { showTime } from '../components/time.ts';
import { type Html, html } from '../html.ts';

/** Who looks at what waits, when, how, and whether more may wait than is listed. */
interface LookingAtAll extends Looking {
  readonly query: URLSearchParams;
  readonly isCut: boolean;
}

/**
 * Runs that wait for somebody's approval, first those that wait for who looks, longest first, with what they
 * may do.
 */
export function showWaiting(waiting: readonly WaitingStage[], looking: LookingAtAll): Html {
  const { query, isCut } = looking;
  const isMine = (one: WaitingStage) => mayApprove(one, looking);
  const sorted = waiting.toSorted((a, b) => Number(isMine(b)) - Number(isMine(a)));
  return showCut({
    id: 'waiting',
    title: 'Waiting for approval',
    path: '/',
    classes: 'waits',
    items: sorted.map((one) => showOne(one, looking)),
    isMore: isCut,
    query,
  });
}

function showOne(waiting: WaitingStage, looking: Looking): Html {
  const { pipeline, counter, label, stage, readyAt, expiresAt, alarms } = waiting;
  const { now } = looking;
  const link = (action: string, title: string) =>
    html`<a class="button" href=${pathOfStageAction({ pipeline, counter }, stage, action)}>${title}<span class="unseen"> ${pipeline} ${label} for ${stage}</span> …</a>`;
  return html`<li><span><a href=${pathOfRun(pipeline, counter)}>${pipeline} ${label}</a> waits to enter <strong>${stage}</strong>${
    readyAt !== null && html` <span class="hint">since ${showTime(readyAt, now)}</span>`
  }${expiresAt !== null && html` <span class="hint">· expires ${showTime(expiresAt, now)}</span>`}${alarms.map((alarm) => html` <span class="warning">${showAlarm(alarm)}</span>`)}</span>${
    mayApprove(waiting, looking) &&
    html`<span class="offers">${link('approve', 'Approve')}${link('reject', 'Reject')}</span>`
  }</li>`;
}
