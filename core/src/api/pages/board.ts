import type { Config } from '../../config/config.ts';
import { isPipelineMaterial, nameMaterial } from '../../config/materials.ts';
import type { Actor } from '../../pipelines/actor.ts';
import type { Level } from '../../pipelines/levels.ts';
import { mayOperate } from '../../pipelines/rights.ts';
import type { BoardCell } from '../../store/board.ts';
import { findPackageId } from '../../store/read-repositories.ts';
import { ApiError } from '../api-error.ts';
import { type Board, type PlacedRow, readBoardPage } from '../read-board.ts';
import { mayJudge } from './actions/stage-actions.ts';
import { pathOfBoard, pathOfPackage, pathOfPipelineAction, pathOfRun, pathOfStageAction, withQuery } from './addresses.ts';
import { showEmpty } from './components/notice.ts';
import { readAfter, showPaging } from './components/paging.ts';
import { showMark, showStatus } from './components/status.ts';
import { showTable } from './components/table.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';

const rowsShown = 40;

interface Around {
  readonly name: string;
  readonly board: Board;
  readonly config: Config;
  readonly actor: Actor;
}

/** The promotion board of a package: which versions have come how far, and the way to send one on. */
export const boardPage: Page = {
  path: '/repositories/:repo/packages/:pkg/board',
  needs: 'viewer',
  concerns: ({ type, subject }, { params }) =>
    subject === `${params['repo']}/${params['pkg']}` || type.startsWith('pipelinerun.') || type.startsWith('taskrun.'),
  async read({ params, query, actor }, { store, configuration }) {
    const name = `${params['repo']}/${params['pkg']}`;
    const { config } = configuration();
    const board = await store.transact(async (tx) => {
      const packageId = await findPackageId(tx, params['repo'] ?? '', params['pkg'] ?? '');
      if (packageId === undefined) return undefined;
      const request = { packageId, name, limit: rowsShown, after: readAfter(query) };
      return readBoardPage(tx, request, { config, actor });
    });
    if (!board) throw new ApiError('NOT_FOUND', `There is no package ${name}`);
    const main = html`<header class="page">
        <p class="crumbs"><a href="/repositories">Repositories</a> / <a href=${pathOfPackage(name)}>${name}</a></p>
        <h1>Promotion board of ${params['pkg']}</h1>
        <p class="lead">Versions, newest first, and how far each has come. ★ marks a version that has passed everything before a level.</p>
      </header>
      <section id="board" data-part class="board">${showBoard({ name, board, config, actor })}${showPaging(pathOfBoard(name), query, board.next)}</section>`;
    return { title: `Board of ${name}`, section: 'repositories', main };
  },
};

function showBoard(around: Around): Html {
  const { board } = around;
  if (board.levels.length === 0) return showEmpty('No pipeline takes it', 'Name it under materials: of a pipeline.');
  if (board.items.length === 0)
    return showEmpty('Nothing seen yet', 'Versions are recorded when the repository has been polled.');
  return showTable(
    'Promotion board',
    ['Version', ...board.levels.map(({ pipeline, stage }) => `${pipeline} / ${stage}`)],
    board.items.map((row) => showRow(row, around)),
  );
}

function showRow(row: PlacedRow, around: Around): Html {
  const { version, state, standing } = row;
  return html`<tr>
    <th scope="row"><span class="version">${version}</span>${state !== 'published' && html` ${showMark('failed', state)}`}${
      standing !== 'ok' && html` ${showMark('waiting', standing)}`
    }</th>
    ${row.cells.map((_, index) => html`<td>${showCell(row, index, around)}</td>`)}
  </tr>`;
}

function showCell(row: PlacedRow, index: number, around: Around): Html {
  const cell = row.cells[index] ?? null;
  const level = around.board.levels[index];
  if (!level) return html``;
  const isReady = row.ready[index] === true;
  return html`${
    cell
      ? html`<a class="cell" href=${pathOfRun(cell.pipeline, cell.counter)} title=${cell.label}>${showStatus(cell.status)}</a>${cell.held && html` <span class="hint">held</span>`}`
      : html`<span class="hint">not yet</span>`
  }${isReady && cell?.status !== 'passed' && html` <span title="Has passed everything before">★<span class="unseen"> has passed everything before</span></span>`}${showSend(row, { level, cell, isReady }, around)}`;
}

interface Place {
  readonly level: Level;
  readonly cell: BoardCell | null;
  readonly isReady: boolean;
}

/** The way to send a version to a level: by approval, by running the stage again, or by a run of its own. */
function showSend(row: PlacedRow, { level, cell, isReady }: Place, around: Around): Html | false {
  const { pipeline, stage } = level;
  const config = around.config.pipelines.get(pipeline);
  const label = (title: string) => html`${title}<span class="unseen"> ${row.version} to ${pipeline} ${stage}</span> …`;
  if (!config || row.state !== 'published') return false;
  if (cell?.status === 'waiting') {
    const href = pathOfStageAction(cell, stage, 'approve');
    return mayJudge(around.actor, config, stage) && html` <a class="button small" href=${href}>${label('Approve')}</a>`;
  }
  if (!isReady || !mayOperate(around.actor, config.access)) return false;
  if (cell?.status === 'failed' || cell?.status === 'cancelled') {
    return html` <a class="button small" href=${pathOfStageAction(cell, stage, 'rerun')}>${label('Run again')}</a>`;
  }
  const isFirst = config.stages[0]?.name === stage;
  if (!isFirst || cell?.status === 'running' || cell?.status === 'pending') return false;
  const href = withQuery(pathOfPipelineAction(pipeline, 'trigger'), chooseMaterials(row, level, around));
  return html` <a class="button small" href=${href}>${label(cell ? 'Send again' : 'Send')}</a>`;
}

/** What a run must pin so that it is about this version: the version itself, and the upstream runs that carried it. */
function chooseMaterials(
  row: PlacedRow,
  { pipeline, after }: Level,
  { name, config }: Around,
): Readonly<Record<string, string | number>> {
  const materials = config.pipelines.get(pipeline)?.materials ?? [];
  const upstream = after.flatMap((index) => row.cells[index] ?? []);
  return Object.fromEntries(
    materials.flatMap((material): [string, string | number][] => {
      if (!isPipelineMaterial(material)) return nameMaterial(material) === name ? [[name, row.version]] : [];
      const run = upstream.find((cell) => cell.pipeline === material.pipeline);
      return run ? [[material.pipeline, run.counter]] : [];
    }),
  );
}

/** The link to the board, for the pages that lead there. */
export function showBoardLink(name: string): Html {
  return html`<a class="button" href=${pathOfBoard(name)}>Promotion board</a>`;
}
