import { type Html, html, type Part } from '../html.ts';

/** Says that there is nothing, and what to do about it. */
export function showEmpty(title: string, advice: Part): Html {
  return html`<div class="empty"><p class="empty-title">${title}</p><p>${advice}</p></div>`;
}

/** Something that is wrong. */
export function showProblem(title: Part, text: Part): Html {
  return html`<div class="notice problem" role="alert"><strong>${title}</strong> ${text}</div>`;
}
