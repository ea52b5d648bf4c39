import type { Status } from '../../../domain/status.ts';
import { type Html, html } from '../html.ts';

/** A shape for each status, so that colour is not the only sign. */
export const glyphs = {
  pending: '○',
  waiting: '◆',
  running: '▶',
  passed: '✓',
  failed: '✕',
  cancelled: '⊘',
} as const satisfies Record<Status, string>;

/** A status in its colour, with its shape and its name. */
export function showStatus(status: Status): Html {
  return html`<span class=${`status ${status}`}><span aria-hidden="true">${glyphs[status]}</span> ${status}</span>`;
}

/** Something else that has a state, in the colour of a status. */
export function showMark(colour: Status, text: string): Html {
  return html`<span class=${`status ${colour}`}><span aria-hidden="true">${glyphs[colour]}</span> ${text}</span>`;
}
