import type { Status } from '../../../domain/status.ts';
import type { DecisionOutcome, DecisionView } from '../../../store/decisions.ts';
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

/** How decisions are shown. */
export interface DecisionOptions {
  readonly now: number;
  /** What is said where there are none. */
  readonly empty: string;
  /** Whether whoever looks may see a pipeline. */
  isVisible(pipeline: string): boolean;
}

/** Decisions in words, newest first. */
export function showDecisions(
  decisions: readonly DecisionView[],
  { now, empty, isVisible }: DecisionOptions,
): Html {
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
        <td>${Object.entries(materials).flatMap(([material, version]) =>
          isPackage(material) || isVisible(material)
            ? html`<div><a href=${pathOfMaterial(material)}>${material}</a> ${showPinned(material, version)}</div>`
            : [],
        )}</td>
      </tr>`,
    ),
  );
}

/** A version leads to all that was decided about it, the counter of a run to that run. */
function showPinned(material: string, pinned: string | number): Html {
  const path = isPackage(material)
    ? withQuery('/decisions', { q: `${material}@${pinned}` })
    : pathOfRun(material, pinned);
  return html`<a class="version" href=${path}>${pinned}</a>`;
}

const isPackage = (material: string): boolean => material.includes('/');
