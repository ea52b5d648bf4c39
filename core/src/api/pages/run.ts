import {
  type JobView,
  type PackageView,
  type RunView,
  readRun,
  type StageView,
  type UpstreamView,
} from '../../store/run-views.ts';
import { ApiError } from '../api-error.ts';
import { showStageOffers } from './actions/offers.ts';
import { listOffers, type StageSeen } from './actions/stage-actions.ts';
import { pathOfComparison, pathOfLog, pathOfPackage, pathOfPipeline, pathOfRun, pathOfValueStream } from './addresses.ts';
import { showDigest } from './components/digest.ts';
import { showLink } from './components/link.ts';
import { showStages } from './components/stage-bar.ts';
import { glyphs, showStatus } from './components/status.ts';
import { showTable } from './components/table.ts';
import { showDuration, showTime } from './components/time.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';

const entries = { auto: 'entered when the stage before has passed', manual: 'entered by approval' } as const satisfies Record<
  StageView['approval'],
  string
>;

/** A run: what it pinned, its stages and their jobs. */
export const runPage: Page = {
  path: '/pipelines/:pipeline/runs/:counter',
  needs: 'view',
  concerns({ subject }, { params }) {
    const run = `${params['pipeline']}/${params['counter']}`;
    return subject === run || subject.startsWith(`${run}/`);
  },
  async read({ params, actor, now }, { store, configuration }) {
    const { pipeline = '', counter = '' } = params;
    const run = /^\d{1,9}$/.test(counter) ? await store.transact((tx) => readRun(tx, pipeline, Number(counter))) : undefined;
    if (!run) throw new ApiError('NOT_FOUND', `There is no run ${counter} of ${pipeline}, or none any more`);
    const around = { config: configuration().config.pipelines.get(pipeline), actor };
    const main = html`<header class="page" id="run" data-part>
        <p class="crumbs"><a href="/">Pipelines</a> / <a href=${pathOfPipeline(pipeline)}>${pipeline}</a></p>
        <h1>${run.label} ${showStatus(run.status)}</h1>
        <p class="facts"><span>Run ${run.counter}</span><span>${run.cause}</span><span>started ${showTime(run.createdAt, now)}</span>${
          run.finishedAt !== null && html`<span>took ${showDuration(run.finishedAt - run.createdAt)}</span>`
        }</p>
        ${showStages(takeNewest(run.stages))}
        ${showNeighbours(run)}
      </header>
      <section><h2>What it pinned</h2>${showMaterials(run)}</section>
      ${run.stages.map((stage) => showStage({ run, stage, ...around }, now))}`;
    return { title: `${pipeline} ${run.label}`, section: 'pipelines', main };
  },
};

function takeNewest(stages: RunView['stages']): RunView['stages'] {
  return [...new Map(stages.map((stage) => [stage.name, stage])).values()];
}

function showNeighbours({ pipeline, counter }: RunView): Html {
  return html`<nav class="paging" aria-label="Other runs">${counter > 1 && html`<a href=${pathOfRun(pipeline, counter - 1)}>Run ${counter - 1}</a>`}<a href=${pathOfPipeline(pipeline)}>All runs</a><a href=${pathOfValueStream(pipeline, counter)}>Value stream</a>${
    counter > 1 && html`<a href=${pathOfComparison(pipeline, counter - 1, counter)}>Compare with run ${counter - 1}</a>`
  }</nav>`;
}

function showMaterials({ materials }: RunView): Html {
  return showTable(
    'What the run pinned',
    ['Material', 'Version', 'Since the run before', 'Digest', 'Where'],
    materials.map((material) => ('package' in material ? showPackage(material) : showUpstream(material))),
  );
}

function showPackage({ package: name, version, digest, location, changed }: PackageView): Html {
  return html`<tr>
    <th scope="row"><a href=${pathOfPackage(name)}>${name}</a></th>
    <td><span class="version">${version}</span></td>
    <td>${showChange(changed)}</td>
    <td>${showDigest(digest)}</td>
    <td class="words">${location !== null && showLink(location)}</td>
  </tr>`;
}

function showUpstream({ pipeline, counter, label, stage, changed }: UpstreamView): Html {
  return html`<tr>
    <th scope="row"><a href=${pathOfPipeline(pipeline)}>${pipeline}</a></th>
    <td><a href=${pathOfRun(pipeline, counter)}>${label}</a></td>
    <td>${showChange(changed)}</td>
    <td></td>
    <td>passed ${stage}</td>
  </tr>`;
}

function showChange(changed: boolean): Html {
  return changed ? html`<strong>changed</strong>` : html`the same`;
}

function showStage(seen: StageSeen, now: number): Html {
  const { run, stage } = seen;
  const { name, counter, status, approval, approvals, held, startedAt, finishedAt, jobs } = stage;
  return html`<section class=${`stage ${status}`} id=${`stage-${name}-${counter}`} data-part>
    <h2>${name}${counter > 1 && html`<span class="count">time ${counter}</span>`} ${showStatus(status)}</h2>
    <p class="facts"><span>${entries[approval]}</span>${
      held &&
      html`<span class="status waiting">◆ held: a version that it pinned was published again with other bytes, or withdrawn</span>`
    }${startedAt !== null && html`<span>began ${showTime(startedAt, now)}</span>`}${
      startedAt !== null && finishedAt !== null && html`<span>took ${showDuration(finishedAt - startedAt)}</span>`
    }</p>
    ${approvals.length > 0 && html`<ul class="verdicts">${approvals.map((one) => showVerdict(one, now))}</ul>`}
    ${jobs.length > 0 && html`<ul class="jobs">${jobs.map((job) => showJob(run, stage, job))}</ul>`}
    ${showStageOffers(run, stage, listOffers(seen))}
  </section>`;
}

function showVerdict({ name, verdict, comment, at }: StageView['approvals'][number], now: number): Html {
  return html`<li><strong>${name}</strong> ${verdict} ${showTime(at, now)}${comment !== null && html`: ${comment}`}</li>`;
}

function showJob(run: RunView, stage: StageView, { name, status, exitCode, message }: JobView): Html {
  return html`<li class=${status}><span class="glyph" aria-hidden="true">${glyphs[status]}</span>
    <a href=${pathOfLog(run, stage, name)}>${name}</a> <span>${status}</span>${
      exitCode !== null && exitCode !== 0 && html` <span class="hint">exit status ${exitCode}</span>`
    }${message !== null && html` <span class="words">${message}</span>`}</li>`;
}
