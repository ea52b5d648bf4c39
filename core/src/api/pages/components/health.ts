import type { AgedProblem, RepositoryStatus } from '../../../store/read-repositories.ts';
import { type Html, html } from '../html.ts';
import { showMark } from './status.ts';
import { showTime } from './time.ts';

/** How a repository is: its error with its age, its warning, and that nobody listens to it. */
export function showHealth({ status, problem, warning, listenedTo }: RepositoryStatus, now: number): Html {
  return html`<div class="health">${problem ? showAged(problem, now) : showMark(status === 'ok' ? 'passed' : 'pending', status)}${
    warning !== null && html`<p class="warning">${warning}</p>`
  }${!listenedTo && html`<p class="hint">No pipeline listens to it, so it is polled on request only.</p>`}</div>`;
}

/** What is wrong, and for how long. */
export function showAged({ code, message, since }: AgedProblem, now: number): Html {
  return html`<p>${showMark('failed', 'failing')} <span class="hint">since ${showTime(since, now)}</span></p><p class="error"><code>${code}</code> ${message}</p>`;
}
