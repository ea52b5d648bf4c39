import type { ValueStream } from '../../../store/value-stream/value-stream.ts';
import { traceRun } from '../../read-value-stream.ts';
import { unknownRun } from '../../view-run.ts';
import { pathOfPipeline, pathOfRun, pathOfValueStream, withQuery } from '../addresses.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../page.ts';
import { drawStream } from './draw-stream.ts';
import { takeNearest } from './neighbourhood.ts';

/** Of a larger stream only the neighbourhood of one node is drawn, unless all of it is asked for. */
const nodesShown = 60;
const zooms = [50, 75, 100, 150] as const;

/** Everything that flowed into a run, and everything that it flowed into, as a drawing. */
export const valueStreamPage: Page = {
  path: '/pipelines/:pipeline/runs/:counter/value-stream',
  needs: 'view',
  concerns: ({ subject }, { params }) => subject === `${params['pipeline']}/${params['counter']}`,
  async read({ params, query, actor }, { store, configuration }) {
    const { pipeline = '', counter: text = '' } = params;
    const counter = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    const { config } = configuration();
    const stream = await store.transact((tx) => traceRun(tx, { pipeline, counter }, { config, actor }));
    if (!stream) throw unknownRun({ pipeline, counter });
    const asked = readView(query, stream, `${pipeline}/${counter}`);
    const shown = takeNearest(stream, asked.focus, asked.isAll ? stream.nodes.length : nodesShown);
    const path = pathOfValueStream(pipeline, counter);
    const pathOfFocus = (focus: string) => withQuery(path, { focus, zoom: asked.zoom });
    const main = html`<header class="page">
        <p class="crumbs"><a href="/">Pipelines</a> / <a href=${pathOfPipeline(pipeline)}>${pipeline}</a> / <a href=${pathOfRun(pipeline, counter)}>run ${counter}</a></p>
        <h1>Value stream of ${pipeline} ${counter}</h1>
        <p class="lead">What flowed into this run is on its left, what it flowed into on its right. Every box leads to its page.</p>
      </header>
      <section id="stream" data-part>
        ${showSize(stream, shown.nodes.length, path)}
        ${showZooms(path, asked)}
        <div class="scroll canvas" tabindex="0" role="region" aria-label="Value stream">${drawStream(shown, { ...asked, pathOfFocus })}</div>
      </section>`;
    return { title: `Value stream of ${pipeline} ${counter}`, section: 'pipelines', main };
  },
};

interface View {
  readonly focus: string;
  readonly zoom: number;
  readonly isAll: boolean;
}

function readView(query: URLSearchParams, { nodes }: ValueStream, run: string): View {
  const focus = nodes.find(({ id }) => id === query.get('focus'))?.id ?? run;
  const zoom = zooms.find((one) => String(one) === query.get('zoom')) ?? 100;
  return { focus, zoom, isAll: query.get('show') === 'all' };
}

function showSize({ nodes, truncated }: ValueStream, shown: number, path: string): Html {
  const all = html`<a href=${withQuery(path, { show: 'all' })}>Show all ${nodes.length}</a>`;
  const fewer = html`<a href=${path}>Show only what is near</a>`;
  return html`<p class="facts"><span>${shown} of ${nodes.length} nodes</span>${shown < nodes.length && all}${
    shown === nodes.length && nodes.length > nodesShown && fewer
  }${truncated && html`<span class="warning">There is more than is recorded here: the stream was cut.</span>`}</p>`;
}

function showZooms(path: string, { focus, zoom, isAll }: View): Html {
  const pathOf = (one: number) => withQuery(path, { focus, zoom: one, show: isAll ? 'all' : undefined });
  return html`<nav class="paging" aria-label="Size of the drawing">${zooms.map(
    (one) => html`<a href=${pathOf(one)} aria-current=${one === zoom ? 'true' : null}>${one} %</a>`,
  )}</nav>`;
}
