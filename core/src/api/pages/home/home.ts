import { reaches } from '../../../engine/rights.ts';
import { listWaitingStages } from '../../../store/waiting.ts';
import { listVisiblePipelines } from '../../access/visible.ts';
import { withQuery } from '../addresses.ts';
import { showFilter } from '../components/filter.ts';
import { showEmpty } from '../components/notice.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../page.ts';
import { filterRows, listRows, type Row, takeShown } from './rows.ts';
import { noAlarms, readHomeAlarms, showAlarms } from './show-alarms.ts';
import { showGroups } from './show-rows.ts';
import { showWaiting } from './show-waiting.ts';

const mostWaiting = 100;

/** Home: every pipeline with its latest runs, by group, what waits for people first. */
export const homePage: Page = {
  path: '/',
  needs: 'token',
  concerns: ({ type }) =>
    /^(pipeline|pipelinerun|stage|taskrun|configuration|repository|artifact)\./.test(type),
  async read({ query, actor, now }, { store, configuration }) {
    const { config } = configuration();
    const looking = { config, actor };
    const { rows, found, shown, waiting, alarms } = await store.read(async (tx) => {
      const all = await listRows(tx, looking);
      const like = filterRows(all, query);
      return {
        rows: all,
        found: like,
        shown: await takeShown(tx, like, query),
        waiting: await listWaitingStages(tx, {
          pipelines: listVisiblePipelines(actor, config),
          limit: mostWaiting,
        }),
        alarms: reaches(actor, 'viewer') ? await readHomeAlarms(tx) : noAlarms,
      };
    });
    const main = html`<h1 class="unseen">Pipelines</h1>
      ${showAlarms(alarms, { actor, now, query })}
      ${showWaiting(waiting, { ...looking, now, query, isCut: waiting.length === mostWaiting })}
      ${showFilters(rows, query)}
      ${rows.length === 0 && showEmpty('No pipelines yet', html`Add one under <code>pipelines:</code> in sluice.yaml; <a href="/configuration">the configuration</a> shows what is there.`)}
      ${rows.length > 0 && found.length === 0 && showNoneFound(rows.length, query)}
      ${showGroups(shown, found, now)}
      ${shown.length < found.length && showRest(shown.length, found.length, query)}`;
    return { title: 'Pipelines', section: 'pipelines', main };
  },
};

function showFilters(rows: readonly Row[], query: URLSearchParams): Html {
  const groups = [...new Set(rows.map(({ group }) => group))].filter(Boolean).toSorted();
  return showFilter({
    path: '/',
    query,
    search: 'Pipeline, label, package or version',
    choices: [
      {
        name: 'status',
        title: 'Status',
        options: ['running', 'waiting', 'failed', 'passed', 'cancelled', 'pending', 'paused'],
      },
      ...(groups.length > 0 ? [{ name: 'group', title: 'Group', options: groups }] : []),
    ],
  });
}

function showNoneFound(all: number, query: URLSearchParams): Html {
  const q = query.get('q') ?? '';
  return showEmpty(
    'No pipeline is like that now',
    html`Names, groups, materials and newest runs were looked at.${
      q !== '' &&
      html` <a href=${withQuery('/decisions', { q })}>What was decided about “${q}”, older runs too</a>.`
    } <a href="/">Show all ${all}</a>`,
  );
}

function showRest(shown: number, all: number, query: URLSearchParams): Html {
  const path = withQuery('/', { ...Object.fromEntries(query), show: 'all' });
  return html`<p class="paging"><span>These are ${shown} of ${all}: search, choose a group, or</span><a class="button" href=${path}>Show all ${all}</a></p>`;
}
