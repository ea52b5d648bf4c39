import type { AgedProblem, RepositoryStatus } from '../../../store/read-repositories.ts';
import { type Html, html } from '../html.ts';
import { showMark } from './status.ts';
import { showTime } from './time.ts';

/** How a repository is: its error with its age, its warning. */
export function showHealth({ status, problem, warning }: RepositoryStatus, now: number): Html {
  return html`<div class="health">${problem ? showAged(problem, now) : showMark(status === 'ok' ? 'passed' : 'pending', status)}${
    warning !== null && html`<p class="warning">${warning}</p>`
  }</div>`;
}

/** What is wrong, and for how long. */
export function showAged({ code, message, since }: AgedProblem, now: number): Html {
  return html`<p>${showMark('failed', 'failing')} <span class="hint">since ${showTime(since, now)}</span></p><p class="error"><code>${code}</code> ${message}</p>`;
}
