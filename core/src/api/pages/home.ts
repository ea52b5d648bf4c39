import type { Config } from '../../config/config.ts';
import type { Actor } from '../../pipelines/actor.ts';
import { mayOperate } from '../../pipelines/rights.ts';
import type { RunSummary } from '../../store/latest-runs.ts';
import { listLatestRuns } from '../../store/latest-runs.ts';
import { listPipelines, type PipelineView } from '../../store/pipeline-views.ts';
import { listWaitingStages, type WaitingStage } from '../../store/waiting.ts';
import { mayViewPipeline } from '../access/visible.ts';
import { mayJudge } from './actions/stage-actions.ts';
import { pathOfPipeline, pathOfPipelineAction, pathOfRun, pathOfStageAction } from './addresses.ts';
import { showFilter } from './components/filter.ts';
import { showEmpty } from './components/notice.ts';
import { showSmallStages, showStages } from './components/stage-bar.ts';
import { showStatus } from './components/status.ts';
import { showTime } from './components/time.ts';
import { type Html, html, type Part } from './html.ts';
import type { Page } from './page.ts';

const runsShown = 4;
const mostWaiting = 100;
/** With more pipelines than this only the newest runs and those before them are shown, and nothing is offered, so that the page stays small. */
const manyPipelines = 200;

interface Row extends PipelineView {
  readonly group: string;
  readonly runs: readonly RunSummary[];
  /** Whether what can be done to it is offered in its row. */
  readonly isOffered: boolean;
}

/** Home: every pipeline with its latest runs, by group, what waits for people first. */
export const homePage: Page = {
  path: '/',
  needs: 'token',
  concerns: ({ type }) =>
    type.startsWith('pipelinerun.') ||
    type.startsWith('taskrun.') ||
    type.startsWith('pipeline') ||
    type === 'configuration.loaded',
  async read({ query, actor, now }, { store, configuration }) {
    const { pipelines, runs, waiting } = await store.transact(async (tx) => {
      const all = await listPipelines(tx);
      return {
        pipelines: all,
        runs: await listLatestRuns(tx, all.length > manyPipelines ? 2 : runsShown),
        waiting: await listWaitingStages(tx, mostWaiting),
      };
    });
    const { config } = configuration();
    const visible = pipelines.filter(({ name }) => mayViewPipeline(actor, config, name));
    const rows = visible.map((pipeline) => ({
      ...pipeline,
      group: config.pipelines.get(pipeline.name)?.group ?? '',
      runs: runs.get(pipeline.name) ?? [],
      isOffered: pipelines.length <= manyPipelines && mayOperatePipeline(actor, config, pipeline.name),
    }));
    const shown = filterRows(rows, query);
    const main = html`<h1 class="unseen">Pipelines</h1>
      ${showFilters(rows, query)}
      ${showWaiting(
        waiting.filter(({ pipeline }) => mayViewPipeline(actor, config, pipeline)),
        { config, actor },
      )}
      ${rows.length === 0 && showEmpty('No pipelines yet', html`Add one under <code>pipelines:</code> in sluice.yaml; <a href="/configuration">the configuration</a> shows what is there.`)}
      ${rows.length > 0 && shown.length === 0 && showEmpty('No pipeline is like that', html`<a href="/">Show all ${rows.length}</a>`)}
      ${[...Map.groupBy(shown, ({ group }) => group)].toSorted(compareGroups).map(([group, list]) => showGroup(group, list, now))}`;
    return { title: 'Pipelines', section: 'pipelines', main };
  },
};

function compareGroups([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  // Pipelines without a group come last.
  return Number(a === '') - Number(b === '') || a.localeCompare(b);
}

function filterRows(rows: readonly Row[], query: URLSearchParams): readonly Row[] {
  const words = (query.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const status = query.get('status') ?? '';
  const group = query.get('group') ?? '';
  return rows.filter(
    (row) =>
      (group === '' || row.group === group) &&
      (status === '' || (status === 'paused' ? row.paused !== null : row.runs[0]?.status === status)) &&
      words.every((word) => findText(row).includes(word)),
  );
}

function findText({ name, group, runs }: Row): string {
  const [latest] = runs;
  const versions = latest?.materials.map((material) => `${material.material} ${material.pinned}`) ?? [];
  return [name, group, latest?.label ?? '', ...versions].join(' ').toLowerCase();
}

function showFilters(rows: readonly Row[], query: URLSearchParams): Html {
  const groups = [...new Set(rows.map(({ group }) => group))].filter(Boolean).toSorted();
  return showFilter({
    path: '/',
    query,
    search: 'Pipeline, label, package or version',
    choices: [
      { name: 'status', title: 'Status', options: ['running', 'waiting', 'failed', 'passed', 'cancelled', 'pending', 'paused'] },
      ...(groups.length > 0 ? [{ name: 'group', title: 'Group', options: groups }] : []),
    ],
  });
}

function mayOperatePipeline(actor: Actor, { pipelines }: Config, name: string): boolean {
  const pipeline = pipelines.get(name);
  return pipeline !== undefined && mayOperate(actor, pipeline.access);
}

/** Runs that wait for somebody's approval, with what those may do who look. */
function showWaiting(
  waiting: readonly WaitingStage[],
  { config, actor }: { readonly config: Config; readonly actor: Actor },
): Html {
  const show = ({ pipeline, counter, label, stage }: WaitingStage) => {
    const link = (action: string, title: string) =>
      html`<a class="button" href=${pathOfStageAction({ pipeline, counter }, stage, action)}>${title}<span class="unseen"> ${pipeline} ${label} for ${stage}</span> …</a>`;
    return html`<li><span><a href=${pathOfRun(pipeline, counter)}>${pipeline} ${label}</a> waits to enter <strong>${stage}</strong></span>${
      mayJudge(actor, config.pipelines.get(pipeline), stage) &&
      html`<span class="offers">${link('approve', 'Approve')}${link('reject', 'Reject')}</span>`
    }</li>`;
  };
  return html`<section id="waiting" data-part aria-labelledby=${waiting.length > 0 ? 'waiting-title' : null}>${
    waiting.length > 0 &&
    html`<h2 id="waiting-title">Waiting for approval</h2>
      <ul class="waits">${waiting.map(show)}${waiting.length === mostWaiting && html`<li class="hint">These wait longest; there may be more.</li>`}</ul>`
  }</section>`;
}

function showGroup(group: string, rows: readonly Row[], now: number): Html {
  return html`<section class="group">
    <h2>${group === '' ? 'Pipelines' : group}<span class="count">${rows.length}</span></h2>
    <ul class="rows">${rows.map((row) => showRow(row, now))}</ul>
  </section>`;
}

function showRow({ name, paused, waiting, held, runs, isOffered }: Row, now: number): Html {
  const [latest, ...older] = runs;
  return html`<li id=${`p-${name}`} class=${latest ? latest.status : 'none'} data-part>
    <div class="name"><a href=${pathOfPipeline(name)}>${name}</a>${
      paused && html`<span class="status waiting" title=${paused.reason}>‖ paused</span>`
    }${waiting > 0 && html`<span class="hint">${waiting} waiting</span>`}${
      held > 0 && html`<a class="hint" href=${pathOfPipeline(name)}>${held} held</a>`
    }${isOffered && showPause(name, paused !== null)}${paused?.reason && html`<span class="hint">${paused.reason}</span>`}</div>
    ${latest ? showLatest(name, latest, now) : html`<div class="hint">No run yet</div>`}
    <div class="older">${older.map(({ counter, label, status, stages }) => showSmallStages(stages, pathOfRun(name, counter), `${label} ${status}`))}</div>
  </li>`;
}

function showPause(name: string, isPaused: boolean): Html {
  const [action, title] = isPaused ? ['unpause', 'Unpause'] : ['pause', 'Pause'];
  return html`<a class="quiet" href=${pathOfPipelineAction(name, action)}>${title} …<span class="unseen"> ${name}</span></a>`;
}

function showLatest(pipeline: string, run: RunSummary, now: number): Html {
  return html`<div class="latest"><a href=${pathOfRun(pipeline, run.counter)}>${run.label}</a>${showTime(
    run.finishedAt ?? run.createdAt,
    now,
  )}<span>${showVersions(run)}</span></div>${run.stages.length > 0 ? showStages(run.stages) : showStatus(run.status)}`;
}

/** What changed, and what started it, in a line; a publication of what changed goes without saying. */
function showVersions({ materials, cause }: RunSummary): Part {
  const changed = materials.filter(({ changed }) => changed);
  const named = (changed.length > 0 ? changed : materials)
    .map((material) => `${material.material} ${material.pinned}`)
    .join(', ');
  return cause === `${named} was published` ? named : `${named} · ${cause}`;
}
