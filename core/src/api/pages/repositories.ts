import { type RepositoryStatus, readRepositories } from '../../store/read-repositories.ts';
import { pathOfRepository } from './addresses.ts';
import { showHealth } from './components/health.ts';
import { showEmpty } from './components/notice.ts';
import { showTimeOr } from './components/time.ts';
import { type Html, html } from './html.ts';
import { actionForm } from './layout.ts';
import type { Page } from './page.ts';

/** Every repository, and how it is; what fails comes first. */
export const repositoriesPage: Page = {
  path: '/repositories',
  needs: 'viewer',
  concerns: ({ type }) => type.startsWith('repository.') || type === 'artifact.published' || type === 'configuration.loaded',
  refreshMs: 15_000,
  async read({ now }, { store, configuration }) {
    const all = await store.transact((tx) => readRepositories(tx));
    const sorted = all.toSorted((a, b) => Number(b.problem !== null) - Number(a.problem !== null));
    const { config } = configuration();
    const main = html`<header class="page"><h1>Repositories</h1></header>
      ${all.length === 0 && showEmpty('No repositories yet', html`Add one under <code>repositories:</code> in sluice.yaml.`)}
      <ul class="cards">${sorted.map((one) => showCard(one, config.repositories.get(one.name)?.plugin ?? '', now))}</ul>`;
    return { title: 'Repositories', section: 'repositories', main };
  },
};

function showCard(repository: RepositoryStatus, plugin: string, now: number): Html {
  const { name, packages, lastPoll, nextPoll } = repository;
  return html`<li id=${`r-${name}`} data-part class=${repository.problem ? 'failed' : ''}>
    <h2><a href=${pathOfRepository(name)}>${name}</a><span class="hint">${plugin}</span></h2>
    ${showHealth(repository, now)}
    <p class="facts"><span>${packages.length} ${packages.length === 1 ? 'package' : 'packages'}</span><span>polled ${showTimeOr(lastPoll, now, 'never')}</span><span>next ${showTimeOr(nextPoll, now, 'on request')}</span></p>
    <button form=${actionForm} formaction=${`${pathOfRepository(name)}/poll`}>Poll now<span class="unseen"> ${name}</span></button>
  </li>`;
}
