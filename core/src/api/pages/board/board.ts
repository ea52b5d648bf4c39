import { findPackageId } from '../../../store/read-repositories.ts';
import { ApiError } from '../../api-error.ts';
import { pathOfBoard, pathOfPackage } from '../addresses.ts';
import { showFilter } from '../components/filter.ts';
import { showPaging } from '../components/paging.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../page.ts';
import { nameOfLevel, readShown, type ShownBoard } from './read-shown.ts';
import { showBoard } from './show-board.ts';

const ofRuns = /^(pipelinerun|stage|taskrun)\./;

/** The promotion board of a package: which versions have come how far, and the way to send one on. */
export const boardPage: Page = {
  path: '/repositories/:repo/packages/:pkg/board',
  needs: 'viewer',
  concerns: ({ type, subject }, { params }) =>
    ofRuns.test(type) || type === 'configuration.loaded' || subject === `${params['repo']}/${params['pkg']}`,
  async read({ params, query, actor, now }, { store, configuration }) {
    const name = `${params['repo']}/${params['pkg']}`;
    const looking = { config: configuration().config, actor };
    const board = await store.read(async (tx) => {
      const packageId = await findPackageId(tx, params['repo'] ?? '', params['pkg'] ?? '');
      return packageId === undefined ? undefined : readShown(tx, { packageId, name, query }, looking);
    });
    if (!board) throw new ApiError('NOT_FOUND', `There is no package ${name}`);
    const main = html`<header class="page">
        <p class="crumbs"><a href="/repositories">Repositories</a> / <a href=${pathOfPackage(name)}>${name}</a></p>
        <h1>Promotion board of ${params['pkg']}</h1>
        <p class="lead">Versions, newest first, and how far each has come. ★ marks a version that has passed everything before a level.</p>
      </header>
      ${showFilters(name, board, query)}
      <section id="board" data-part class="board">
        ${showLevelPaging(name, board, query)}
        ${showBoard({ name, board, query, ...looking, now })}
        ${showPaging(pathOfBoard(name), query, board.next)}
      </section>`;
    return { title: `Board of ${name}`, section: 'repositories', main };
  },
};

function showFilters(name: string, { shown }: ShownBoard, query: URLSearchParams): Html {
  const later = shown.filter(({ level }) => level.after.length > 0).map(({ level }) => nameOfLevel(level));
  return showFilter({
    path: pathOfBoard(name),
    query,
    search: 'A version, or a part of one',
    choices:
      later.length > 0
        ? [{ name: 'ready', title: 'Has passed everything before', options: later, none: 'any level' }]
        : [],
  });
}

/** Links to the levels that there is no room for. */
function showLevelPaging(name: string, { levels, shown }: ShownBoard, query: URLSearchParams): Html | false {
  const [first, last] = [shown[0]?.index ?? 0, shown.at(-1)?.index ?? 0];
  if (shown.length === levels.length) return false;
  const pathFrom = (level: number) =>
    `${pathOfBoard(name)}?${new URLSearchParams([...withoutLevel(query), ['level', String(level)]])}`;
  return html`<nav class="paging" aria-label="Levels"><span class="hint">Levels ${first + 1} to ${last + 1} of ${levels.length}</span>${
    first > 0 && html`<a href=${pathFrom(Math.max(0, first - shown.length))}>Those before</a>`
  }${last + 1 < levels.length && html`<a href=${pathFrom(last + 1)}>Those after</a>`}</nav>`;
}

function withoutLevel(query: URLSearchParams): readonly [string, string][] {
  return [...query].filter(([name]) => name !== 'level');
}
