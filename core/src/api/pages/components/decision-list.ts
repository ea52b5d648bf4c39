import type { DecisionOutcome, DecisionView } from '../../../store/decisions.ts';
import type { Status } from '../../../store/schema.ts';
import { pathOfMaterial, pathOfPipeline, pathOfRun, withQuery } from '../addresses.ts';
import { type Html, html } from '../html.ts';
import { showEmpty } from './notice.ts';
import { showMark } from './status.ts';
import { showTable } from './table.ts';
import { showTime } from './time.ts';

const colours = {
  started: 'passed',
  superseded: 'cancelled',
  waits: 'pending',
  held: 'waiting',
  refused: 'failed',
} as const satisfies Record<DecisionOutcome, Status>;

/** Decisions in words, newest first. */
export function showDecisions(decisions: readonly DecisionView[], now: number, empty: string): Html {
  if (decisions.length === 0) return showEmpty('Nothing here', empty);
  return showTable(
    'Decisions',
    ['When', 'Pipeline', 'Decision', 'Why', 'About'],
    decisions.map(
      ({ at, pipeline, outcome, reason, materials, run }) => html`<tr>
        <td>${showTime(at, now)}</td>
        <td><a href=${pathOfPipeline(pipeline)}>${pipeline}</a></td>
        <td>${showMark(colours[outcome], outcome)}${run !== null && html` <a href=${pathOfRun(pipeline, run)}>run ${run}</a>`}</td>
        <td class="words">${reason}</td>
        <td>${Object.entries(materials).map(
          ([material, version]) =>
            html`<div><a href=${pathOfMaterial(material)}>${material}</a> ${showPinned(material, version)}</div>`,
        )}</td>
      </tr>`,
    ),
  );
}

/** A version leads to all that was decided about it, the counter of a run to that run. */
function showPinned(material: string, pinned: string | number): Html {
  const path = material.includes('/') ? withQuery('/decisions', { q: `${material}@${pinned}` }) : pathOfRun(material, pinned);
  return html`<a class="version" href=${path}>${pinned}</a>`;
}
