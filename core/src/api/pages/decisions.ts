import { searchDecisions } from '../../store/decision-search.ts';
import { isDecisionOutcome, outcomes } from '../../store/decisions.ts';
import { splitWords } from '../../store/search.ts';
import { listVisiblePipelines, mayViewPipeline } from '../access/visible.ts';
import { searchBack } from '../search-back.ts';
import { showDecisions } from './components/decision-list.ts';
import { showFilter } from './components/filter.ts';
import { showNothingFound, showSearchedTo } from './components/nothing-found.ts';
import { readAfter, showPaging } from './components/paging.ts';
import { html } from './html.ts';
import type { Page } from './page.ts';

const shown = 50;

/** Why everything did or did not run. */
export const decisionsPage: Page = {
  path: '/decisions',
  needs: 'token',
  concerns: ({ type }) => type.startsWith('artifact.') || type.startsWith('pipelinerun.'),
  refreshMs: 15_000,
  async read({ query, actor, now }, surroundings) {
    const { config } = surroundings.configuration();
    const visible = listVisiblePipelines(actor, config);
    const isVisible = (name: string) => mayViewPipeline(actor, config, name);
    const asked = query.get('pipeline') || undefined;
    const pipelines = visible?.filter((name) => asked === undefined || name === asked) ?? asked;
    const outcome = query.get('outcome') ?? '';
    const wanted = {
      pipelines: typeof pipelines === 'string' ? [pipelines] : pipelines,
      isVisible,
      words: splitWords(query.get('q') ?? ''),
      outcome: isDecisionOutcome(outcome) ? outcome : undefined,
    };
    const range = { limit: shown, after: readAfter(query) };
    const { items, next, searchedTo } = await searchBack(surroundings, range, (tx, part) =>
      searchDecisions(tx, { ...wanted, ...part }),
    );
    const searched = { path: '/decisions', query, searchedTo, now };
    const main = html`<header class="page"><h1>Decisions</h1><p class="lead">Every new version, trigger and request leaves a reason why it did or did not start a run.</p></header>
      ${showFilter({
        path: '/decisions',
        query,
        search: 'Package, version, person or reason',
        choices: [
          {
            name: 'pipeline',
            title: 'Pipeline',
            options: (visible ?? [...config.pipelines.keys()]).toSorted(),
          },
          { name: 'outcome', title: 'Decision', options: outcomes },
        ],
      })}
      <section id="decisions" data-part>${items.length === 0 ? showNothingFound(searched) : showDecisions(items, { now, isVisible, empty: '' })}${items.length > 0 && showSearchedTo(searched)}${showPaging('/decisions', query, next)}</section>`;
    return { title: 'Decisions', section: 'decisions', main };
  },
};
