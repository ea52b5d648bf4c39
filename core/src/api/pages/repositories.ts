import { reaches } from '../../engine/rights.ts';
import { type RepositoryStatus, readRepositories } from '../../store/read-repositories.ts';
import { pathOfPackage, pathOfRepository } from './addresses.ts';
import { showHealth } from './components/health.ts';
import { showEmpty } from './components/notice.ts';
import { showMark } from './components/status.ts';
import { showTimeOr } from './components/time.ts';
import { type Html, html } from './html.ts';
import { actionForm } from './layout.ts';
import type { Page } from './page.ts';

const packagesShown = 12;

/** Every repository, and how it is; what fails comes first. */
export const repositoriesPage: Page = {
  path: '/repositories',
  needs: 'viewer',
  concerns: ({ type }) =>
    type.startsWith('repository.') || type === 'artifact.published' || type === 'configuration.loaded',
  refreshMs: 15_000,
  async read({ actor, now }, { store, configuration }) {
    const all = await store.read((tx) => readRepositories(tx));
    const sorted = all.toSorted((a, b) => Number(b.problem !== null) - Number(a.problem !== null));
    const { config } = configuration();
    const mayPoll = reaches(actor, 'operator');
    const main = html`<header class="page"><h1>Repositories</h1></header>
      ${all.length === 0 && showEmpty('No repositories yet', html`Add one under <code>repositories:</code> in sluice.yaml.`)}
      <ul class="cards">${sorted.map((one) => showCard(one, { plugin: config.repositories.get(one.name)?.plugin ?? '', mayPoll, now }))}</ul>`;
    return { title: 'Repositories', section: 'repositories', main };
  },
};

interface Around {
  readonly plugin: string;
  readonly mayPoll: boolean;
  readonly now: number;
}

function showCard(repository: RepositoryStatus, { plugin, mayPoll, now }: Around): Html {
  const { name, packages, lastPoll, nextPoll } = repository;
  return html`<li id=${`r-${name}`} data-part class=${repository.problem ? 'failed' : ''}>
    <h2><a href=${pathOfRepository(name)}>${name}</a><span class="hint">${plugin}</span></h2>
    ${showHealth(repository, now)}
    <p class="facts"><span>${packages.length} ${packages.length === 1 ? 'package' : 'packages'}</span><span>polled ${showTimeOr(lastPoll, now, 'never')}</span><span>next ${showTimeOr(nextPoll, now, 'on request')}</span></p>
    ${showPackages(repository)}
    ${mayPoll && html`<button form=${actionForm} formaction=${`${pathOfRepository(name)}/poll`}>Poll now<span class="unseen"> ${name}</span></button>`}
  </li>`;
}

function showPackages({ name, packages }: RepositoryStatus): Html | false {
  const shown = packages.slice(0, packagesShown);
  const rest = packages.length - shown.length;
  return (
    shown.length > 0 &&
    html`<ul class="inline">${shown.map((one) => html`<li><a href=${pathOfPackage(`${name}/${one.name}`)}>${one.name}</a>${one.problem && html` ${showMark('failed', one.problem.code)}`}</li>`)}${
      rest > 0 && html`<li><a href=${pathOfRepository(name)}>${rest} more</a></li>`
    }</ul>`
  );
}
