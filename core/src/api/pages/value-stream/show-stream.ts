import type { ValueStream } from '../../../store/value-stream/value-stream.ts';
import { showProblem } from '../components/notice.ts';
import { type Html, html } from '../html.ts';
import { drawStream } from './draw-stream.ts';
import type { Drawing } from './lay-out-stream.ts';
import { type Neighbourhood, takeNearest } from './neighbourhood.ts';
import type { StreamLayouts } from './stream-layouts.ts';
import { listFields, readStreamView, type StreamView, zooms } from './stream-view.ts';

/** A value stream, and where it is shown. */
export interface StreamPage {
  readonly stream: ValueStream;
  /** The id of the node that it is about. */
  readonly root: string;
  /** Without a query. */
  readonly path: string;
  /** What every address has beside the view: the version that it is about. */
  readonly fixed: readonly [string, string][];
}

/** Of a larger stream only the neighbourhood of one node is drawn, unless all of it is asked for. */
const nodesShown = 60;
/**
 * Drawings of this width can still be read where they are fitted into a phone's window; in units of the
 * drawing.
 */
const narrowWidth = 480;

/** The drawing as an address asks for it, and the ways to look at it otherwise. */
export async function showStream(
  page: StreamPage,
  query: URLSearchParams,
  layouts: StreamLayouts,
): Promise<Html> {
  const { stream, root } = page;
  const view = readStreamView(query, stream, root);
  const { shown, drawing, isWhole } = await layOutShown(stream, view, layouts);
  const pathOf = (changes: Partial<StreamView>) => pathOfView(page, { ...view, ...changes });
  const isTangled = view.isAll && !isWhole;
  return html`<section id="stream" data-part>
    ${showSize(page, shown, { view, pathOf })}
    ${showFind(page, view)}
    ${showZooms(view, pathOf)}
    ${isTangled && html`<p class="warning">This stream is too tangled to be drawn whole: what is nearest to the focus is shown.</p>`}
    <div class="scroll canvas" tabindex="0" role="region" aria-label="Value stream">${
      drawing
        ? drawStream(shown, drawing, { view, pathOf })
        : showProblem('It cannot be drawn', 'Fold some of it up.')
    }</div>
  </section>`;
}

interface LaidOut {
  readonly shown: Neighbourhood;
  readonly drawing: Drawing | undefined;
  readonly isWhole: boolean;
}

/** What there is room for; of a graph that cannot be laid out in time only what is near. */
async function layOutShown(
  stream: ValueStream,
  { focus, folded, isAll }: StreamView,
  layouts: StreamLayouts,
): Promise<LaidOut> {
  const near = takeNearest(stream, { focus, folded, most: nodesShown });
  const all = takeNearest(stream, { focus, folded, most: stream.nodes.length });
  const whole = isAll ? await layOutNarrow(all, layouts) : undefined;
  if (whole) return { shown: all, drawing: whole, isWhole: true };
  return { shown: near, drawing: await layOutNarrow(near, layouts), isWhole: false };
}

/** It flows from the left to the right; or downwards, where that fits into a narrower window. */
async function layOutNarrow(shown: Neighbourhood, layouts: StreamLayouts): Promise<Drawing | undefined> {
  const across = await layouts.layOut(shown);
  if (!across || across.width <= narrowWidth || shown.nodes.length > nodesShown) return across;
  const down = await layouts.layOut(shown, 'down');
  return down && down.width < across.width ? down : across;
}

function pathOfView({ path, fixed, root }: StreamPage, view: StreamView): string {
  const query = new URLSearchParams([...fixed, ...listFields(view, root)]).toString();
  return query === '' ? path : `${path}?${query}`;
}

interface Looking {
  readonly view: StreamView;
  pathOf(changes: Partial<StreamView>): string;
}

function showSize({ stream, root }: StreamPage, shown: Neighbourhood, { view, pathOf }: Looking): Html {
  const size = stream.nodes.length;
  const isPart = shown.nodes.length < size;
  return html`<p class="facts"><span>${shown.nodes.length} of ${size} nodes</span>${
    isPart && !view.isAll && html`<a href=${pathOf({ isAll: true })}>Show all ${size}</a>`
  }${view.isAll && size > nodesShown && html`<a href=${pathOf({ isAll: false })}>Show only what is near</a>`}${
    view.folded.size > 0 && html`<a href=${pathOf({ folded: new Set() })}>Unfold everything</a>`
  }${view.focus !== root && html`<a href=${pathOf({ focus: root })}>Back to ${root}</a>`}${
    stream.truncated &&
    html`<span class="warning">There is more than is recorded here: the stream was cut.</span>`
  }</p>`;
}

/** A node is found by its name; the browser goes to where it is drawn. */
function showFind({ path, fixed, root }: StreamPage, view: StreamView): Html {
  const kept = [...fixed, ...listFields({ ...view, focus: root }, root)];
  return html`<form class="filter" role="search" method="get" action=${`${path}#focus`}>
    ${kept.map(([name, value]) => html`<input type="hidden" name=${name} value=${value} />`)}
    <label><span class="unseen">Focus on</span><input type="search" name="q" placeholder="Focus on a pipeline, a run, a version" autocomplete="off" required /></label>
    <button>Focus</button>${view.missed !== undefined && html`<span class="warning" role="status">Nothing here is called “${view.missed}”.</span>`}
  </form>`;
}

function showZooms({ zoom }: StreamView, pathOf: Looking['pathOf']): Html {
  return html`<nav class="paging" aria-label="Size of the drawing">${zooms.map(
    (one) =>
      html`<a href=${pathOf({ zoom: one })} aria-current=${one === zoom ? 'true' : null}>${one === 'fit' ? 'As wide as the window' : `${one} %`}</a>`,
  )}</nav>`;
}
