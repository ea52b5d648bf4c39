import type { RunSummary } from '../../../store/latest-runs.ts';
import { pathOfPipeline, pathOfPipelineAction, pathOfRun } from '../addresses.ts';
import { showSmallStages, showStages } from '../components/stage-bar.ts';
import { showStatus } from '../components/status.ts';
import { showTime } from '../components/time.ts';
import { type Html, html, type Part } from '../html.ts';
import type { Row, ShownRow } from './rows.ts';

/** The rows in their groups, each with how many are found in it. */
export function showGroups(shown: readonly ShownRow[], found: readonly Row[], now: number): readonly Html[] {
  const sizes = Map.groupBy(found, ({ group }) => group);
  return [...Map.groupBy(shown, ({ group }) => group)].map(
    ([group, rows]) => html`<section class="group">
      <h2>${group === '' ? 'Pipelines' : group}<span class="count">${sizes.get(group)?.length}</span></h2>
      <ul class="rows">${rows.map((row) => showRow(row, now))}</ul>
    </section>`,
  );
}

function showRow({ name, paused, waiting, held, runs, isOffered }: ShownRow, now: number): Html {
  const [latest, ...older] = runs;
  return html`<li id=${`p-${name}`} class=${latest ? latest.status : 'none'} data-part>
    <div class="name"><a href=${pathOfPipeline(name)}>${name}</a>${
      paused && html`<span class="status waiting" title=${paused.reason}>‖ paused</span>`
    }${waiting > 0 && html`<span class="hint">${waiting} waiting</span>`}${
      held > 0 && html`<a class="hint" href=${pathOfPipeline(name)}>${held} held</a>`
    }${isOffered && showPause(name, paused !== null)}${paused?.reason && html`<span class="hint">${paused.reason}</span>`}</div>
    ${latest ? showLatest(name, latest, now) : html`<div class="hint">No run yet</div>`}
    ${older.length > 0 && html`<div class="older">${older.map((run) => showOlder(name, run))}</div>`}
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

function showOlder(pipeline: string, { counter, label, status, stages }: RunSummary): Html {
  return showSmallStages(stages, pathOfRun(pipeline, counter), `${label} ${status}`);
}

/** What changed, and what started it, in a line; a publication of what changed goes without saying. */
function showVersions({ materials, cause }: RunSummary): Part {
  const changed = materials.filter(({ changed }) => changed);
  const named = (changed.length > 0 ? changed : materials)
    .map((material) => `${material.material} ${material.pinned}`)
    .join(', ');
  if (cause === `${named} was published`) return named;
  return cause.startsWith(`${named} `) ? cause : `${named} · ${cause}`;
}
