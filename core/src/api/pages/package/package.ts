import { reaches } from '../../../engine/rights.ts';
import { readDecisionsOfPackage } from '../../../store/package-decisions.ts';
import {
  findPackageId,
  listRevisions,
  type RevisionPage,
  readRepositories,
} from '../../../store/read-repositories.ts';
import type { Tx } from '../../../store/store.ts';
import { listVisiblePipelines } from '../../access/visible.ts';
import { ApiError } from '../../api-error.ts';
import { pathOfBoard, pathOfPackage, pathOfRepository } from '../addresses.ts';
import { showFilter } from '../components/filter.ts';
import { showAged } from '../components/health.ts';
import { showEmpty } from '../components/notice.ts';
import { readAfter, showPaging } from '../components/paging.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../page.ts';
import { showRevision } from './show-revision.ts';

const revisionsShown = 40;
/** Of what was decided about one version; all of it is a page of its own. */
const decisionsShown = 6;

/** A package: every version ever seen of it, what is known of each, and what was decided about it. */
export const packagePage: Page = {
  path: '/repositories/:repo/packages/:pkg',
  needs: 'viewer',
  concerns: ({ type, subject }, { params }) =>
    subject === params['repo'] ||
    subject === `${params['repo']}/${params['pkg']}` ||
    type === 'pipelinerun.queued',
  refreshMs: 15_000,
  async read({ params, query, actor, now }, { store, configuration }) {
    const address = { repository: params['repo'] ?? '', package: params['pkg'] ?? '' };
    const name = `${address.repository}/${address.package}`;
    const pipelines = listVisiblePipelines(actor, configuration().config);
    const { page, status, decisions } = await store.read(async (tx) => {
      const packageId = await findPackageId(tx, address.repository, address.package);
      if (packageId === undefined) throw new ApiError('NOT_FOUND', `There is no package ${name}`);
      const listed = await listWanted(tx, address, query);
      const versions = listed.items.map(({ facts }) => facts.version);
      const [repository] = await readRepositories(tx, address.repository);
      return {
        page: listed,
        status: repository?.packages.find((one) => one.name === address.package),
        decisions: await readDecisionsOfPackage(tx, { packageId, versions, most: decisionsShown, pipelines }),
      };
    });
    const path = pathOfPackage(name);
    const mayAcknowledge = reaches(actor, 'operator');
    const main = html`<header class="page" id="health" data-part>
        <p class="crumbs"><a href="/repositories">Repositories</a> / <a href=${pathOfRepository(address.repository)}>${address.repository}</a></p>
        <h1>${address.package}</h1>
        ${status?.problem && showAged(status.problem, now)}
        ${status && status.pointer !== null && html`<p class="facts">follows a pointer, which names <span class="version">${status.pointer}</span></p>`}
        <p class="paging"><a class="button" href=${pathOfBoard(name)}>Promotion board</a></p>
      </header>
      ${showFilter({ path, query, search: 'A version, or a part of one', choices: [] })}
      <section id="ledger" data-part><h2>Versions</h2>
        ${page.items.length === 0 && showNothing(query)}
        <ol class="ledger">${page.items.map((revision) => showRevision(revision, decisions.get(revision.facts.version), { name, mayAcknowledge, now }))}</ol>
        ${showPaging(path, query, page.next)}
      </section>`;
    return { title: name, section: 'repositories', main };
  },
};

interface Address {
  readonly repository: string;
  readonly package: string;
}

/** A page of the ledger, of what the address asks for. */
async function listWanted(tx: Tx, address: Address, query: URLSearchParams): Promise<RevisionPage> {
  const fragment = query.get('q')?.trim() || undefined;
  const listed = await listRevisions(tx, address, {
    limit: revisionsShown,
    after: readAfter(query),
    fragment,
  });
  return listed ?? { items: [], next: null };
}

function showNothing(query: URLSearchParams): Html {
  if (query.has('after')) return showEmpty('No older version', 'Those of the page before are the oldest.');
  if (query.get('q')) return showEmpty('No version has that', 'All that were ever seen were looked at.');
  return showEmpty('Nothing seen yet', 'Versions are recorded when the repository has been polled.');
}
