import { type LogLines, readLogLines } from '../../store/log-lines.ts';
import { type RunView, readRun } from '../../store/run-views.ts';
import { pathOfPipeline, pathOfRun, withQuery } from './addresses.ts';
import { showLink } from './components/link.ts';
import { linesAtOnce, showBlock, showEnd, showPlaceholders, showTail } from './components/log-block.ts';
import { showEmpty } from './components/notice.ts';
import { showStatus } from './components/status.ts';
import { type Html, html } from './html.ts';
import { type ExactLogAddress, logRoute, pathOfAddress, readLogAddress, unknownLog } from './log-address.ts';
import { type Found, findLines } from './log-search.ts';
import type { Page } from './page.ts';

/**
 * What a job printed: its end first, the rest where one looks; searched, kept as a file, followed while it
 * runs.
 */
export const logPage: Page = {
  path: logRoute,
  needs: 'view',
  concerns: ({ subject }, { params }) =>
    subject === `${params['pipeline']}/${params['counter']}/${params['stage']}/${params['job']}`,
  async read({ params, query }, { store }) {
    const address = readLogAddress(params);
    const run = await store.read((tx) => readRun(tx, address.pipeline, address.counter));
    const wanted = query.get('q') ?? '';
    const main = html`${showHead(run, address)}
      <form class="filter" role="search" method="get"><label><span class="unseen">Search the log</span><input type="search" name="q" value=${wanted} placeholder="Search the log" required /></label><button>Search</button>
        <a class="button" href=${`${pathOfAddress(address)}/log.txt`} download>Download</a></form>
      ${wanted === '' ? await showLog(address, query) : showFound(address, wanted, await findLines(store, address, wanted))}`;
    return { title: `${address.job} of ${address.pipeline} ${run?.label ?? ''}`, section: 'pipelines', main };

    async function showLog(
      of: ExactLogAddress,
      { get }: { get(name: string): string | null },
    ): Promise<Html> {
      const from = readFrom(get.call(query, 'from'));
      const log = await store.read((tx) => readLogLines(tx, of, { from, count: linesAtOnce }));
      if (!log) throw unknownLog(of);
      return showLines(of, log);
    }
  },
};

/** The line with which a block begins that has the line asked for. */
export function readFrom(text: string | null): number | undefined {
  return /^\d{1,9}$/.test(text ?? '') ? Math.floor(Number(text) / linesAtOnce) * linesAtOnce : undefined;
}

function showHead(run: RunView | undefined, address: ExactLogAddress): Html {
  const { pipeline, counter, stage, stageCounter, job } = address;
  const ofStage = run?.stages.find((one) => one.name === stage && one.counter === stageCounter);
  const found = ofStage?.jobs.find(({ name }) => name === job);
  if (!found || !run) throw unknownLog(address);
  return html`<header class="page" id="job" data-part>
    <p class="crumbs"><a href="/">Pipelines</a> / <a href=${pathOfPipeline(pipeline)}>${pipeline}</a> / <a href=${pathOfRun(pipeline, counter)}>${run.label}</a> / ${stage}</p>
    <h1>${job} ${showStatus(found.status)}</h1>
    ${found.message !== null && html`<p class="lead">${found.message}</p>`}
    ${found.link !== null && html`<p>${showLink(found.link)}</p>`}
  </header>`;
}

function showLines(address: ExactLogAddress, log: LogLines): Html {
  const after = log.from + log.lines.length;
  if (log.total === 0 && log.complete)
    return showEmpty(
      'No output is kept',
      'The job printed nothing, or so long ago that it is not kept any more.',
    );
  return html`<div class="log" id="log">
    ${showPlaceholders(address, { from: 0, to: log.from })}
    ${showBlock(log)}
    ${showPlaceholders(address, { from: after, to: log.total })}
    ${after >= log.total && (log.complete ? showEnd(log) : showTail(address, log))}
  </div>`;
}

function showFound(address: ExactLogAddress, wanted: string, { lines, more, count }: Found): Html {
  const path = pathOfAddress(address);
  const title = count === 0 ? 'No output is kept' : `None of the ${count} lines that are kept has that`;
  if (lines.length === 0) return showEmpty(title, html`<a href=${path}>Back to the log</a>`);
  return html`<p>${lines.length} ${lines.length === 1 ? 'line has' : 'lines have'} “${wanted}”${more && ', and there are more'}. <a href=${path}>Back to the log</a></p>
    <ol class="found">${lines.map(
      ({ number, text }) =>
        html`<li><a href=${`${withQuery(path, { from: number })}#L${number + 1}`}>${number + 1}</a><code>${text}</code></li>`,
    )}</ol>`;
}
