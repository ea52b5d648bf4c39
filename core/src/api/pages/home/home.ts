import { reaches } from '../../../pipelines/rights.ts';
import { type FailingRepository, listFailing } from '../../../store/read-repositories.ts';
import { listWaitingStages, type WaitingStage } from '../../../store/waiting.ts';
import { mayViewPipeline } from '../../access/visible.ts';
import { pathOfRepository, withQuery } from '../addresses.ts';
import { showFilter } from '../components/filter.ts';
import { showEmpty } from '../components/notice.ts';
import { showTime } from '../components/time.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../page.ts';
import { filterRows, listRows, type Row, takeShown } from './rows.ts';
import { showGroups } from './show-rows.ts';
import { showWaiting } from './show-waiting.ts';

const mostWaiting = 100;
const mostFailing = 20;

/** Home: every pipeline with its latest runs, by group, what waits for people first. */
export const homePage: Page = {
  path: '/',
  needs: 'token',
  concerns: ({ type }) => /^(pipeline|pipelinerun|stage|taskrun|configuration|repository)\./.test(type),
  async read({ query, actor, now }, { store, configuration }) {
    const { config } = configuration();
    const looking = { config, actor };
    const { rows, found, shown, waiting, failing } = await store.transact(async (tx) => {
      const all = await listRows(tx, looking);
      const like = filterRows(all, query);
      return {
        ...{ rows: all, found: like, shown: await takeShown(tx, like, query) },
        waiting: await listWaitingStages(tx, mostWaiting),
        failing: reaches(actor, 'viewer') ? await listFailing(tx, mostFailing) : [],
      };
    });
    const isVisible = ({ pipeline }: WaitingStage) => mayViewPipeline(actor, config, pipeline);
    const main = html`<h1 class="unseen">Pipelines</h1>
      ${showFilters(rows, query)}
      ${showWaiting(waiting.filter(isVisible), { ...looking, now, isCut: waiting.length === mostWaiting })}
      ${showFailing(failing, now)}
      ${rows.length === 0 && showEmpty('No pipelines yet', html`Add one under <code>pipelines:</code> in sluice.yaml; <a href="/configuration">the configuration</a> shows what is there.`)}
      ${rows.length > 0 && found.length === 0 && showEmpty('No pipeline is like that', html`<a href="/">Show all ${rows.length}</a>`)}
      ${showGroups(shown, found, now)}
      ${shown.length < found.length && showRest(shown.length, found.length, query)}`;
    return { title: 'Pipelines', section: 'pipelines', main };
  },
};

/** Repositories of which nothing new is known, longest first. */
function showFailing(failing: readonly FailingRepository[], now: number): Html {
  return html`<section id="failing" data-part aria-labelledby=${failing.length > 0 ? 'failing-title' : null}>${
    failing.length > 0 &&
    html`<h2 id="failing-title">Repositories that fail</h2>
      <ul class="waits alarms">${failing.map(
        ({ name, problem: { code, message, since } }) =>
          html`<li><span><a href=${pathOfRepository(name)}>${name}</a> <code>${code}</code> <span class="hint">since ${showTime(since, now)}</span></span><span class="error">${message}</span></li>`,
      )}</ul>`
  }</section>`;
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

function showRest(shown: number, all: number, query: URLSearchParams): Html {
  const path = withQuery('/', { ...Object.fromEntries(query), show: 'all' });
  return html`<p class="paging"><span>These are ${shown} of ${all}: search, choose a group, or</span><a class="button" href=${path}>Show all ${all}</a></p>`;
}
