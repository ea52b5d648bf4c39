import { reaches } from '../../engine/rights.ts';
import { type ListedPoll, listPolls } from '../../store/polls.ts';
import {
  type PackageStatus,
  type RepositoryStatus,
  readRepositories,
} from '../../store/read-repositories.ts';
import { ApiError } from '../api-error.ts';
import { pathOfPackage, pathOfRepository } from './addresses.ts';
import { showBytes } from './components/bytes.ts';
import { showFilter } from './components/filter.ts';
import { showAged, showHealth } from './components/health.ts';
import { showEmpty } from './components/notice.ts';
import { showPollChart } from './components/poll-chart.ts';
import { showMark } from './components/status.ts';
import { showTable } from './components/table.ts';
import { showDuration, showTime, showTimeOr } from './components/time.ts';
import { type Html, html } from './html.ts';
import { actionForm } from './layout.ts';
import type { Page } from './page.ts';

const pollsCharted = 60;
const pollsListed = 10;
const packagesShown = 500;
/** So few are found without a search. */
const packagesUnsearched = 20;

/** A repository: its health, how its polls went, its packages. */
export const repositoryPage: Page = {
  path: '/repositories/:repo',
  needs: 'viewer',
  concerns: ({ type, subject }, { params }) =>
    type === 'configuration.loaded' || subject === params['repo'] || subject.startsWith(`${params['repo']}/`),
  refreshMs: 5_000,
  async read({ params, query, actor, now }, { store, configuration }) {
    const { repo: name = '' } = params;
    const [[repository], polls] = await store.read(
      async (tx) =>
        [await readRepositories(tx, name), await listPolls(tx, name, { limit: pollsCharted })] as const,
    );
    if (!repository) throw new ApiError('NOT_FOUND', `There is no repository ${name}`);
    const path = pathOfRepository(name);
    const plugin = configuration().config.repositories.get(name)?.plugin ?? '';
    const main = html`<header class="page" id="health" data-part>
        <p class="crumbs"><a href="/repositories">Repositories</a></p>
        <h1>${name} <span class="hint">${plugin}</span></h1>
        ${showHealth(repository, now)}
        <p class="facts"><span>polled ${showTimeOr(repository.lastPoll, now, 'never')}</span><span>next poll ${showTimeOr(repository.nextPoll, now, 'on request')}</span></p>
        ${reaches(actor, 'operator') && html`<button form=${actionForm} formaction=${`${path}/poll`}>Poll now</button>`}
      </header>
      <section><h2>Packages<span class="count">${repository.packages.length}</span></h2>
        ${repository.packages.length > packagesUnsearched && showFilter({ path, query, search: 'A package', choices: [] })}
        <div id="packages" data-part>${showPackages(repository, query, now)}</div>
      </section>
      <section id="polls" data-part><h2>Polls</h2>
        ${polls.items.length === 0 ? showEmpty('Not polled yet', repository.listenedTo ? 'It is polled when it is due, or when somebody asks for it.' : 'It is polled when somebody asks for it, or a pipeline listens.') : html`${showPollChart(polls.items.toReversed())}${showPolls(polls.items.slice(0, pollsListed), now)}`}
      </section>`;
    return { title: name, section: 'repositories', main };
  },
};

function showPackages(
  { name: repository, packages }: RepositoryStatus,
  query: URLSearchParams,
  now: number,
): Html {
  if (packages.length === 0)
    return showEmpty('Nothing is watched here', 'Add a package to the repository in sluice.yaml.');
  const wanted = query.get('q')?.trim().toLowerCase() ?? '';
  const found = packages.filter(({ name }) => name.toLowerCase().includes(wanted));
  const sorted = found.toSorted((a, b) => Number(b.problem !== null) - Number(a.problem !== null));
  return html`${found.length === 0 && showEmpty('No package is called like that', html`<a href=${pathOfRepository(repository)}>Show all</a>`)}
    ${found.length > 0 && html`<ul class="plain packages">${sorted.slice(0, packagesShown).map((one) => showPackage(repository, one, now))}</ul>`}
    ${found.length > packagesShown && html`<p class="hint">These are ${packagesShown} of ${found.length}, those with a problem first: search for others.</p>`}`;
}

function showPackage(repository: string, { name, problem, pointer }: PackageStatus, now: number): Html {
  return html`<li><a href=${pathOfPackage(`${repository}/${name}`)}>${name}</a>${
    pointer !== null && html` <span class="hint">follows <span class="version">${pointer}</span></span>`
  }${problem && showAged(problem, now)}</li>`;
}

const outcomes = { ok: 'passed', partial: 'waiting', failed: 'failed' } as const;

function showPolls(polls: readonly ListedPoll[], now: number): Html {
  return showTable(
    'Polls',
    ['When', 'Outcome', 'Took', 'New', 'Packages', 'Requests', 'Read'],
    polls.map(
      ({
        startedAt,
        finishedAt,
        outcome,
        revisions,
        packages,
        problems,
        requests,
        bytes,
        problem,
      }) => html`<tr>
        <td>${showTime(startedAt, now)}</td>
        <td>${showMark(outcomes[outcome], outcome)}${problem && html`<div class="error"><code>${problem.code}</code> ${problem.message}</div>`}</td>
        <td class="number">${showDuration(finishedAt - startedAt)}</td>
        <td class="number">${revisions}</td>
        <td class="number">${packages}${problems > 0 && `, ${problems} with a problem`}</td>
        <td class="number">${requests}</td>
        <td class="number">${showBytes(bytes)}</td>
      </tr>`,
    ),
  );
}
