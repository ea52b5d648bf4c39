import type { Material } from '../../config/config.ts';
import { isPipelineMaterial, nameMaterial } from '../../config/materials.ts';
import { mayOperate } from '../../engine/rights.ts';
import { listDecisions } from '../../store/decisions.ts';
import { readHold } from '../../store/hold.ts';
import { readPipeline } from '../../store/pipeline-views.ts';
import { listRuns, type RunView } from '../../store/run-views.ts';
import { mayViewPipeline } from '../access/visible.ts';
import { ApiError } from '../api-error.ts';
import { showPipelineOffers } from './actions/offers.ts';
import { pathOfBoard, pathOfMaterial, pathOfPipeline, pathOfRun, withQuery } from './addresses.ts';
import { showDecisions } from './components/decision-list.ts';
import { showEmpty } from './components/notice.ts';
import { readAfter, showPaging } from './components/paging.ts';
import { showStages } from './components/stage-bar.ts';
import { showTable } from './components/table.ts';
import { showDuration, showTime } from './components/time.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';

const runsShown = 25;
const decisionsShown = 8;

/** A pipeline: what it listens to, its runs, and why it did or did not run. */
export const pipelinePage: Page = {
  path: '/pipelines/:pipeline',
  needs: 'view',
  concerns: ({ type, subject }, { params }) =>
    type === 'configuration.loaded' ||
    subject === params['pipeline'] ||
    subject.startsWith(`${params['pipeline']}/`),
  async read({ params, query, actor, now }, { store, configuration }) {
    const { pipeline: name = '' } = params;
    const whole = configuration().config;
    const config = whole.pipelines.get(name);
    const isVisible = (one: string) => mayViewPipeline(actor, whole, one);
    const after = readAfter(query);
    const { pipeline, hold, runs, decisions } = await store.read(async (tx) => ({
      pipeline: await readPipeline(tx, name),
      hold: await readHold(tx),
      runs: await listRuns(tx, name, { limit: runsShown, after }),
      decisions: await listDecisions(tx, name, { limit: decisionsShown }),
    }));
    if (!pipeline || !config) throw new ApiError('NOT_FOUND', `There is no pipeline ${name}`);
    const main = html`<header class="page">
        <p class="crumbs"><a href="/">Pipelines</a>${config.group && html` / <a href=${withQuery('/', { group: config.group })}>${config.group}</a>`}</p>
        <h1>${name}</h1>
        <div id="state" data-part><p class="facts">${
          pipeline.paused &&
          html`<span class="status waiting">‖ paused ${showTime(pipeline.paused.since, now)}${pipeline.paused.reason && `: ${pipeline.paused.reason}`}</span>`
        }<span>${pipeline.waiting === 0 ? 'Nothing waits to start' : `${pipeline.waiting} waiting to start`}</span>${
          pipeline.held > 0 &&
          html`<span class="status waiting">${pipeline.held} held by the storm guard</span>`
        }${pipeline.lockedBy !== null && html`<span>locked by <a href=${pathOfRun(name, pipeline.lockedBy)}>run ${pipeline.lockedBy}</a></span>`}</p>
        ${mayOperate(actor, config.access) && showPipelineOffers(pipeline, { mayStart: pipeline.paused === null && !hold })}</div>
      </header>
      <section><h2>Listens to</h2>
        <ul class="plain">${config.materials.map((material) => showMaterial(material))}</ul>
      </section>
      <section id="runs" data-part><h2>Runs</h2>
        ${runs.items.length === 0 ? showNoRun(after !== undefined) : showRuns(runs.items, now)}
        ${showPaging(pathOfPipeline(name), query, runs.next)}
      </section>
      <section id="decisions" data-part><h2>Why it did, why it did not run</h2>
        ${showDecisions(decisions.items, { now, isVisible, empty: 'No decision is recorded yet.' })}
        ${decisions.next !== null && html`<p><a href=${withQuery('/decisions', { pipeline: name })}>All decisions about ${name}</a></p>`}
      </section>`;
    return { title: name, section: 'pipelines', main };
  },
};

function showNoRun(isLater: boolean): Html {
  if (isLater) return showEmpty('No older run', 'Those of the page before are the oldest that are kept.');
  return showEmpty(
    'No run yet',
    'It starts when every material has a version; the decisions below say what it waits for.',
  );
}

function showMaterial(material: Material): Html {
  const name = nameMaterial(material);
  const hint = describeTrigger(material.trigger, isPipelineMaterial(material));
  return html`<li><a href=${pathOfMaterial(name)}>${name}</a>${isPipelineMaterial(material) && ` ${material.stage}`} <span class="hint">${hint}</span>${
    !isPipelineMaterial(material) &&
    html` <a href=${pathOfBoard(name)}>Promotion board<span class="unseen"> of ${name}</span></a>`
  }</li>`;
}

function describeTrigger(trigger: string, isPipeline: boolean): string {
  if (trigger === 'manual') return 'starts nothing by itself';
  const what = isPipeline ? 'run that passes' : 'version';
  return trigger === 'every' ? `every new ${what} starts a run` : `the newest ${what} starts a run`;
}

function showRuns(runs: readonly RunView[], now: number): Html {
  return showTable(
    'Runs',
    ['Run', 'Stages', 'Because', 'Started', 'Took'],
    runs.map(
      (run) => html`<tr>
        <th scope="row"><a href=${pathOfRun(run.pipeline, run.counter)}>${run.label}</a></th>
        <td>${showStages(takeNewest(run.stages))}</td>
        <td class="words">${run.cause}</td>
        <td>${showTime(run.createdAt, now)}</td>
        <td>${run.finishedAt === null ? '' : showDuration(run.finishedAt - run.createdAt)}</td>
      </tr>`,
    ),
  );
}

function takeNewest(stages: RunView['stages']): RunView['stages'] {
  return [...new Map(stages.map((stage) => [stage.name, stage])).values()];
}
