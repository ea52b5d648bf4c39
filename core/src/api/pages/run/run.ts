import { listDecisions } from '../../../store/decisions.ts';
import { findPipeline } from '../../../store/pipelines.ts';
import { type RunView, readRun } from '../../../store/run-views.ts';
import { findRun } from '../../../store/runs.ts';
import type { Tx } from '../../../store/store.ts';
import { mayViewPipeline } from '../../access/visible.ts';
import { unknownRun } from '../../view-run.ts';
import { takeNewest } from '../actions/stage-actions.ts';
import { pathOfComparison, pathOfPipeline, pathOfRun, pathOfValueStream } from '../addresses.ts';
import { showAlarmList } from '../components/alarms.ts';
import { showDecisions } from '../components/decision-list.ts';
import { showStages } from '../components/stage-bar.ts';
import { showStatus } from '../components/status.ts';
import { showDuration, showTime } from '../components/time.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../page.ts';
import { showMaterials } from './show-materials.ts';
import { showStage } from './show-stage.ts';

const decisionsShown = 20;

/** A run: what it pinned, its stages and their jobs, and what was decided about it. */
export const runPage: Page = {
  path: '/pipelines/:pipeline/runs/:counter',
  needs: 'view',
  concerns({ type, subject }, { params }) {
    const run = `${params['pipeline']}/${params['counter']}`;
    return subject === run || subject.startsWith(`${run}/`) || type.startsWith('artifact.');
  },
  async read({ params, actor, now }, { store, configuration }) {
    const { pipeline = '', counter: text = '' } = params;
    const counter = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    const found = await store.read((tx) => readAll(tx, pipeline, counter));
    if (!found) throw unknownRun({ pipeline, counter });
    const { run, before, decisions } = found;
    const { config } = configuration();
    const isVisible = (name: string) => mayViewPipeline(actor, config, name);
    const around = { config: config.pipelines.get(pipeline), actor, now };
    const main = html`<header class="page" id="run" data-part>
        <p class="crumbs"><a href="/">Pipelines</a> / <a href=${pathOfPipeline(pipeline)}>${pipeline}</a></p>
        <h1>${run.label} ${showStatus(run.status)}</h1>
        <p class="facts"><span>Run ${run.counter}</span><span>${run.cause}</span><span>started ${showTime(run.createdAt, now)}</span>${
          run.finishedAt !== null && html`<span>took ${showDuration(run.finishedAt - run.createdAt)}</span>`
        }</p>
        ${showStages(takeNewest(run.stages))}
        ${showNeighbours(run)}
        ${showAlarmList(run.alarms)}
      </header>
      <section><h2>What it pinned</h2>${showMaterials(run, before)}</section>
      ${run.stages.map((stage) => showStage({ run, stage, ...around }))}
      <section id="decisions" data-part><h2>What was decided about it</h2>${showDecisions(decisions, { now, isVisible, empty: 'No decision about it is kept.' })}</section>`;
    return { title: `${pipeline} ${run.label}`, section: 'pipelines', main };
  },
};

/** A run, the one before it where that is kept, and what was decided about it. */
async function readAll(tx: Tx, pipeline: string, counter: number) {
  const run = await readRun(tx, pipeline, counter);
  if (!run) return undefined;
  // Of a pipeline that the configuration does not have any more nothing is said.
  const runId = (await findRun(tx, (await findPipeline(tx, pipeline)) ?? 0, counter)) ?? 0;
  const decisions = await listDecisions(tx, undefined, { runId, limit: decisionsShown });
  return { run, before: await readRun(tx, pipeline, counter - 1), decisions: decisions.items };
}

function showNeighbours({ pipeline, counter }: RunView): Html {
  return html`<nav class="paging" aria-label="Other runs">${counter > 1 && html`<a href=${pathOfRun(pipeline, counter - 1)}>Run ${counter - 1}</a>`}<a href=${pathOfPipeline(pipeline)}>All runs</a><a href=${pathOfValueStream(pipeline, counter)}>Value stream</a>${
    counter > 1 &&
    html`<a href=${pathOfComparison(pipeline, counter - 1, counter)}>Compare with run ${counter - 1}</a>`
  }</nav>`;
}
