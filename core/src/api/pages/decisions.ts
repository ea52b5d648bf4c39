import { hasRole } from '../../pipelines/actor.ts';
import { isDecisionOutcome, listDecisions, outcomes } from '../../store/decisions.ts';
import { mayViewPipeline } from '../access/visible.ts';
import { showDecisions } from './components/decision-list.ts';
import { showFilter } from './components/filter.ts';
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
  async read({ query, actor, now }, { store, configuration }) {
    const { config } = configuration();
    const visible = [...config.pipelines.keys()].filter((name) => mayViewPipeline(actor, config, name)).toSorted();
    const asked = query.get('pipeline') || undefined;
    // An admin also sees what was decided about pipelines that are gone.
    const pipelines = hasRole(actor, 'admin') ? asked : visible.filter((name) => asked === undefined || name === asked);
    const outcome = query.get('outcome') ?? '';
    const wanted = {
      limit: shown,
      after: readAfter(query),
      outcome: isDecisionOutcome(outcome) ? outcome : undefined,
    };
    const { items, next } = await store.transact((tx) => listDecisions(tx, pipelines, wanted));
    const main = html`<header class="page"><h1>Decisions</h1><p class="lead">Every new version, trigger and request leaves a reason why it did or did not start a run.</p></header>
      ${showFilter({
        path: '/decisions',
        query,
        choices: [
          { name: 'pipeline', title: 'Pipeline', options: visible },
          { name: 'outcome', title: 'Decision', options: outcomes },
        ],
      })}
      <section id="decisions" data-part>${showDecisions(items, now, 'No decision like that is recorded.')}${showPaging('/decisions', query, next)}</section>`;
    return { title: 'Decisions', section: 'decisions', main };
  },
};
