import type { Status } from '../../domain/status.ts';
import {
  type Comparison,
  compareRuns,
  type PackageChange,
  type PipelineChange,
} from '../../engine/compare-runs.ts';
import { mayViewPipeline } from '../access/visible.ts';
import { unknownRun } from '../view-run.ts';
import { pathOfComparison, pathOfPackage, pathOfPipeline, pathOfRun } from './addresses.ts';
import { showLink } from './components/link.ts';
import { showEmpty } from './components/notice.ts';
import { showMark, showStatus } from './components/status.ts';
import { showTable } from './components/table.ts';
import { showTime } from './components/time.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';

const counterPattern = /^\d{1,9}$/;

/** What changed from one run of a pipeline to another, in everything behind them. */
export const comparePage: Page = {
  path: '/pipelines/:pipeline/runs/:counter/compare/:other',
  needs: 'view',
  concerns: () => false,
  async read({ params, actor, now }, { store, configuration }) {
    const { pipeline = '', counter = '', other = '' } = params;
    const [from, to] = [counter, other].map((one) => (counterPattern.test(one) ? Number(one) : 0));
    const compared = await store.read((tx) => compareRuns(tx, { pipeline, from: from ?? 0, to: to ?? 0 }));
    if ('missing' in compared) throw unknownRun({ pipeline, counter: compared.missing });
    const { config } = configuration();
    const pipelines = compared.pipelines.filter((change) => mayViewPipeline(actor, config, change.pipeline));
    const main = html`<header class="page">
        <p class="crumbs"><a href="/">Pipelines</a> / <a href=${pathOfPipeline(pipeline)}>${pipeline}</a></p>
        <h1>${compared.from.label} and ${compared.to.label}</h1>
        ${showRuns(pipeline, compared)}
      </header>
      <section><h2>Packages</h2>${showPackages(compared.packages, now)}</section>
      ${pipelines.length > 0 && html`<section><h2>Upstream runs</h2>${showPipelines(pipelines)}</section>`}`;
    return {
      title: `${pipeline} ${compared.from.label} and ${compared.to.label}`,
      section: 'pipelines',
      main,
    };
  },
};

function showRuns(pipeline: string, { from, to }: Comparison): Html {
  const show = (run: Comparison['from']) =>
    html`<span><a href=${pathOfRun(pipeline, run.counter)}>Run ${run.counter}</a> ${showStatus(run.status)}</span>`;
  return html`<p class="facts">${show(from)}<span>compared with</span>${show(to)}<a href=${pathOfComparison(pipeline, to.counter, from.counter)}>The other way round</a></p>`;
}

const colours = {
  same: 'pending',
  raised: 'passed',
  lowered: 'waiting',
  rebuilt: 'failed',
  added: 'running',
  removed: 'cancelled',
} as const satisfies Record<PackageChange['change'], Status>;

function showPackages(packages: readonly PackageChange[], now: number): Html {
  if (packages.length === 0) return showEmpty('No package', 'No package stands behind either run.');
  return showTable(
    'Packages',
    ['Package', 'From', 'To', 'Change', 'Between'],
    packages.map(
      (one) => html`<tr>
        <th scope="row"><a href=${pathOfPackage(one.package)}>${one.package}</a>${!one.isDirect && html` <span class="hint">behind</span>`}</th>
        <td class="version">${one.from ?? '–'}</td><td class="version">${one.to ?? '–'}</td>
        <td>${showMark(colours[one.change], one.change)}</td>
        <td>${showBetween(one, now)}</td>
      </tr>`,
    ),
  );
}

function showBetween({ between, isCut, package: name }: PackageChange, now: number): Html {
  return html`<ul>${between.map(
    ({ version, publishedAt, publisher, comment, trackbackUrl }) =>
      html`<li><span class="version">${version}</span>${publishedAt !== null && html` ${showTime(publishedAt, now)}`}${
        publisher !== null && ` by ${publisher}`
      }${comment !== null && html` <span class="words">${comment}</span>`}${trackbackUrl !== null && html` ${showLink(trackbackUrl)}`}</li>`,
  )}</ul>${isCut && html`<p><a href=${pathOfPackage(name)}>There are more between</a></p>`}`;
}

function showPipelines(pipelines: readonly PipelineChange[]): Html {
  const show = (pipeline: string, run: PipelineChange['from']) =>
    run ? html`<a href=${pathOfRun(pipeline, run.counter)}>${run.label ?? `run ${run.counter}`}</a>` : '–';
  return showTable(
    'Upstream runs',
    ['Pipeline', 'From', 'To', 'Change'],
    pipelines.map(
      ({ pipeline, from, to, isChanged }) => html`<tr>
        <th scope="row"><a href=${pathOfPipeline(pipeline)}>${pipeline}</a></th>
        <td>${show(pipeline, from)}</td><td>${show(pipeline, to)}</td>
        <td>${
          isChanged
            ? from && to
              ? html`<a href=${pathOfComparison(pipeline, from.counter, to.counter)}>what changed</a>`
              : 'changed'
            : 'the same'
        }</td>
      </tr>`,
    ),
  );
}
