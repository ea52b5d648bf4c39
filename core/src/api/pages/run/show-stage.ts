import type { JobView, RunView, StageView } from '../../../store/run-views.ts';
import { showStageOffers } from '../actions/offers.ts';
import { listOffers, type StageSeen } from '../actions/stage-actions.ts';
import { pathOfLog } from '../addresses.ts';
import { showLink } from '../components/link.ts';
import { glyphs, showStatus } from '../components/status.ts';
import { showDuration, showTime } from '../components/time.ts';
import { type Html, html } from '../html.ts';

/** A stage of a run: how it is entered, what people said, its jobs, and what can be done to it. */
export function showStage(seen: StageSeen): Html {
  const { run, stage, now } = seen;
  const { name, counter, status, approvals, jobs } = stage;
  return html`<section class=${`stage ${status}`} id=${`stage-${name}-${counter}`} data-part>
    <h2>${name}${counter > 1 && html`<span class="count">time ${counter}</span>`} ${showStatus(status)}</h2>
    ${showFacts(run, stage, now)}
    ${approvals.length > 0 && html`<ul class="verdicts">${approvals.map((one) => showVerdict(one, now))}</ul>`}
    ${jobs.length > 0 && html`<ul class="jobs">${jobs.map((job) => showJob(run, stage, job))}</ul>`}
    ${showStageOffers(run, stage, listOffers(seen))}
  </section>`;
}

function showFacts(run: RunView, stage: StageView, now: number): Html {
  const { held, startedAt, finishedAt, notBefore, expiresAt } = stage;
  return html`<p class="facts"><span>${describeEntry(run, stage)}</span>${
    held &&
    html`<span class="status waiting">◆ held: a version that it pinned was published again with other bytes, or withdrawn</span>`
  }${startedAt === null && notBefore !== null && html`<span>not before ${showTime(notBefore, now)}</span>`}${
    stage.status === 'waiting' &&
    expiresAt !== null &&
    html`<span>the approval expires ${showTime(expiresAt, now)}</span>`
  }${startedAt !== null && html`<span>began ${showTime(startedAt, now)}</span>`}${
    startedAt !== null &&
    finishedAt !== null &&
    html`<span>took ${showDuration(finishedAt - startedAt)}</span>`
  }</p>`;
}

function describeEntry({ stages }: RunView, { name, approval }: StageView): string {
  if (approval === 'manual') return 'entered by approval';
  return stages[0]?.name === name
    ? 'entered when the run starts'
    : 'entered when the stage before has passed';
}

function showVerdict({ name, verdict, comment, at }: StageView['approvals'][number], now: number): Html {
  return html`<li><strong>${name}</strong> ${verdict} ${showTime(at, now)}${comment !== null && html`: ${comment}`}</li>`;
}

function showJob(run: RunView, stage: StageView, { name, status, exitCode, message, link }: JobView): Html {
  return html`<li class=${status}><span class="glyph" aria-hidden="true">${glyphs[status]}</span>
    <a href=${pathOfLog(run, stage, name)}>${name}</a> <span>${status}</span>${
      exitCode !== null && exitCode !== 0 && html` <span class="hint">exit status ${exitCode}</span>`
    }${message !== null && html` <span class="words">${message}</span>`}${link !== null && html` <span class="words">${showLink(link)}</span>`}</li>`;
}
