import type { ListedPoll } from '../../../store/polls.ts';
import { type Html, html } from '../html.ts';
import { showBytes } from './bytes.ts';
import { showDuration, showExactTime } from './time.ts';

const barWidth = 10;
const height = 56;
const bytesHeight = 24;

const colours = { ok: 'passed', partial: 'waiting', failed: 'failed' } as const;

/** Polls, oldest first: how long each took and how it ended, above how much it read. */
export function showPollChart(polls: readonly ListedPoll[]): Html {
  const longest = Math.max(1, ...polls.map(({ startedAt, finishedAt }) => finishedAt - startedAt));
  const most = Math.max(1, ...polls.map(({ bytes }) => bytes));
  const width = polls.length * barWidth;
  const failed = polls.filter(({ outcome }) => outcome === 'failed').length;
  const summary = `The last ${polls.length} polls: ${failed} failed, the longest took ${showDuration(longest)}, the largest read ${showBytes(most)}`;
  return html`<figure class="chart">
    <svg role="img" aria-label=${summary} viewBox=${`0 0 ${width} ${height + bytesHeight + 2}`} width=${width} height=${height + bytesHeight + 2}>
      ${polls.map((poll, index) => showPoll(poll, { x: index * barWidth, longest, most }))}
      <line class="axis" x1="0" x2=${width} y1=${height + 1} y2=${height + 1} />
    </svg>
    <figcaption>${summary}.</figcaption>
  </figure>`;
}

interface Scale {
  readonly x: number;
  readonly longest: number;
  readonly most: number;
}

function showPoll({ startedAt, finishedAt, outcome, bytes }: ListedPoll, { x, longest, most }: Scale): Html {
  const tall = Math.max(3, Math.round(((finishedAt - startedAt) / longest) * height));
  const deep = Math.round((bytes / most) * bytesHeight);
  // What failed is also a cross above its bar: colour is not the only sign.
  return html`<g class=${colours[outcome]}><title>${showExactTime(startedAt)}: ${outcome}, ${showDuration(finishedAt - startedAt)}, ${showBytes(bytes)}</title>
    <rect x=${x + 1} y=${height - tall} width=${barWidth - 3} height=${tall} rx="1" />
    ${outcome === 'failed' && html`<path class="cross" d=${`M${x + 2} ${height - 9}l5 5m0 -5l-5 5`} />`}
    <rect class="bytes" x=${x + 1} y=${height + 2} width=${barWidth - 3} height=${deep} />
  </g>`;
}
