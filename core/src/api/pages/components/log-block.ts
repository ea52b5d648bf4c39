import type { LogLines } from '../../../store/log-lines.ts';
import { withQuery } from '../addresses.ts';
import { type Html, html } from '../html.ts';
import { type ExactLogAddress, pathOfAddress } from '../log-address.ts';
import { createAnsiPainter } from './ansi.ts';

/**
 * How many lines a block has; the stylesheet knows it too, so that a block has its height before it is there.
 */
export const linesAtOnce = 500;

const longestShown = 4_000;

/** Some lines of a log, each with its number, which is a link to it. */
export function showBlock({ from, lines }: LogLines): Html {
  const paint = createAnsiPainter();
  return html`<div class=${lines.length === linesAtOnce ? 'block full' : 'block'}>${lines.map(
    (line, index) => {
      const id = `L${from + index + 1}`;
      return html`<div class="line" id=${id}><a href=${`#${id}`} aria-label=${`Line ${from + index + 1}`}>${from + index + 1}</a><span>${paint(line.slice(0, longestShown))}${
        line.length > longestShown &&
        html`<em> … ${line.length - longestShown} characters more in the file</em>`
      }</span></div>`;
    },
  )}</div>`;
}

/** Stands for blocks that are fetched when one comes near; without scripts, links to them. */
export function showPlaceholders(
  address: ExactLogAddress,
  { from, to }: { readonly from: number; readonly to: number },
): Html[] {
  const starts = Array.from(
    { length: Math.ceil((to - from) / linesAtOnce) },
    (_, index) => from + index * linesAtOnce,
  );
  const path = pathOfAddress(address);
  return starts.map((start) => {
    const end = Math.min(start + linesAtOnce, to);
    const height = end - start === linesAtOnce ? 'block full' : 'block';
    return html`<div class=${height} hx-get=${withQuery(`${path}/lines`, { from: start })} hx-trigger="intersect once" hx-swap="outerHTML"><a class="fetch" href=${`${withQuery(path, { from: start })}#L${start + 1}`}>Lines ${start + 1} to ${end}</a></div>`;
  });
}

/** Asks for what was printed since, again and again while the job runs. */
export function showTail(address: ExactLogAddress, { from, lines }: LogLines): Html {
  const next = from + lines.length;
  return html`<div class="tail" hx-get=${withQuery(`${pathOfAddress(address)}/growth`, { from: next })} hx-trigger="every 1s" hx-swap="outerHTML" data-follow>It goes on …</div>`;
}

/** What was printed since, and the question for what comes; undefined where nothing has changed. */
export function showGrowth(address: ExactLogAddress, log: LogLines): Html | undefined {
  if (log.lines.length === 0 && !log.complete) return undefined;
  const block = log.lines.length > 0 && showBlock(log);
  const isEnd = log.complete && log.from + log.lines.length >= log.total;
  return html`${block}${isEnd ? showEnd(log) : showTail(address, log)}`;
}

/** Says that nothing comes any more. */
export function showEnd({ total }: LogLines): Html {
  return html`<p class="tail" data-follow>End of the log, ${total} lines</p>`;
}
