import type { StageSummary } from '../../../store/latest-runs.ts';
import { type Html, html } from '../html.ts';

/**
 * The stages of a run side by side, each with its name, in the colours of their status. The stylesheet adds
 * the shape of the status, and its name for those who hear the page: a page with hundreds of runs has no room
 * for both in its text.
 */
export function showStages(stages: readonly StageSummary[]): Html {
  return html`<ol class="stages">${stages.map(({ name, status }) => html`<li class=${status}>${name}</li>`)}</ol>`;
}

/** A run in little: shapes and colours of its stages; what it is called is in the title. */
export function showSmallStages(stages: readonly StageSummary[], path: string, title: string): Html {
  return html`<a class="bar" href=${path} title=${title}>${stages.map(({ status }) => html`<i class=${status}></i>`)}</a>`;
}
