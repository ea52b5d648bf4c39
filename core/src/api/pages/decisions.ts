import { type DecisionRequest, isDecisionOutcome, listDecisions, outcomes } from '../../store/decisions.ts';
import { findPackageId } from '../../store/read-repositories.ts';
import type { Tx } from '../../store/store.ts';
import { listVisiblePipelines, mayViewPipeline } from '../access/visible.ts';
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
    const visible = listVisiblePipelines(actor, config);
    const isVisible = (name: string) => mayViewPipeline(actor, config, name);
    const asked = query.get('pipeline') || undefined;
    const pipelines = visible?.filter((name) => asked === undefined || name === asked) ?? asked;
    const outcome = query.get('outcome') ?? '';
    const wanted = {
      limit: shown,
      after: readAfter(query),
      outcome: isDecisionOutcome(outcome) ? outcome : undefined,
    };
    const { items, next } = await store.read(async (tx) =>
      listDecisions(tx, pipelines, { ...wanted, about: await findAbout(tx, query.get('q')?.trim() ?? '') }),
    );
    const main = html`<header class="page"><h1>Decisions</h1><p class="lead">Every new version, trigger and request leaves a reason why it did or did not start a run.</p></header>
      ${showFilter({
        path: '/decisions',
        query,
        search: 'npmjs/fastify, or npmjs/fastify@5.2.1',
        choices: [
          { name: 'pipeline', title: 'Pipeline', options: (visible ?? [...config.pipelines.keys()]).toSorted() },
          { name: 'outcome', title: 'Decision', options: outcomes },
        ],
      })}
      <section id="decisions" data-part>${showDecisions(items, { now, isVisible, empty: 'No decision like that is recorded.' })}${showPaging('/decisions', query, next)}</section>`;
    return { title: 'Decisions', section: 'decisions', main };
  },
};

/** What the search names: a package, or a version of one. */
async function findAbout(tx: Tx, text: string): Promise<DecisionRequest['about']> {
  if (text === '') return undefined;
  const [, repository = '', name = '', version] = /^([^/]+)\/([^@]+)(?:@(.+))?$/.exec(text) ?? [];
  // Nothing is about a package that there is not.
  return { packageId: (await findPackageId(tx, repository, name)) ?? 0, version };
}
