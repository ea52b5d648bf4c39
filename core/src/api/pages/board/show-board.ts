import type { Config } from '../../../config/config.ts';
import { isPipelineMaterial, nameMaterial } from '../../../config/materials.ts';
import type { Actor } from '../../../engine/actor.ts';
import type { Level } from '../../../engine/levels.ts';
import { mayOperate } from '../../../engine/rights.ts';
import type { BoardCell } from '../../../store/board.ts';
import type { PlacedRow } from '../../read-board.ts';
import { listOffers, type StageOffer } from '../actions/stage-actions.ts';
import { pathOfPipelineAction, pathOfRun, pathOfStageAction, withQuery } from '../addresses.ts';
import { showAlarmList, showAlarmMarks } from '../components/alarms.ts';
import { showEmpty } from '../components/notice.ts';
import { showStatus } from '../components/status.ts';
import { showTable } from '../components/table.ts';
import { type Html, html } from '../html.ts';
import type { ShownBoard, ShownLevel } from './read-shown.ts';

/** A board, and who looks at it. */
export interface Around {
  readonly name: string;
  readonly board: ShownBoard;
  /** Which of its versions were asked for. */
  readonly query: URLSearchParams;
  readonly config: Config;
  readonly actor: Actor;
  /** Milliseconds. */
  readonly now: number;
}

/** The table: a row for each version, a column for each level. */
export function showBoard(around: Around): Html {
  const { board, query } = around;
  if (board.levels.length === 0)
    return showEmpty('No pipeline takes it', 'Name it under materials: of a pipeline.');
  if (board.items.length === 0) return showNothing(query, board.next !== null);
  return showTable(
    'Promotion board',
    ['Version', ...board.shown.map(({ level: { pipeline, stage } }) => `${pipeline} / ${stage}`)],
    board.items.map((row) => showRow(row, around)),
  );
}

function showNothing(query: URLSearchParams, isMore: boolean): Html {
  if (isMore) return showEmpty('No version is like that so far', 'Older ones were not looked at yet.');
  if (query.has('after')) return showEmpty('No older version', 'Those of the page before are the oldest.');
  if (query.get('q') || query.get('ready')) {
    return showEmpty('No version is like that', 'All that were ever seen were looked at.');
  }
  return showEmpty('Nothing seen yet', 'Versions are recorded when the repository has been polled.');
}

function showRow(row: PlacedRow, around: Around): Html {
  const { version, alarms } = row;
  return html`<tr>
    <th scope="row"><span class="version">${version}</span>${showAlarmMarks(alarms)}</th>
    ${around.board.shown.map((shown) => html`<td>${showCell(row, shown, around)}</td>`)}
  </tr>`;
}

function showCell(row: PlacedRow, { level, index }: ShownLevel, around: Around): Html {
  const cell = row.cells[index] ?? null;
  const isReady = row.ready[index] === true;
  const run = cell && around.board.runs.get(cell.pipeline)?.get(cell.counter);
  const others =
    run?.alarms.filter((alarm) => alarm.package !== around.name || alarm.version !== row.version) ?? [];
  return html`${
    cell
      ? html`<a class="cell" href=${pathOfRun(cell.pipeline, cell.counter)} title=${cell.label}>${showStatus(cell.status)}</a>${cell.held && html` <span class="hint">held</span>`}`
      : html`<span class="hint">not yet</span>`
  }${isReady && cell?.status !== 'passed' && html` <span title="Has passed everything before">★<span class="unseen"> has passed everything before</span></span>`}${showAlarmList(others)}${showSend(row, { level, cell, isReady }, around)}`;
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
  const label = (title: string) =>
    html`${title}<span class="unseen"> ${row.version} to ${pipeline} ${stage}</span> …`;
  const offer =
    cell &&
    listCellOffers(cell, around).find(({ name }) => name === 'approve' || (isReady && name === 'rerun'));
  if (cell && offer) {
    return html` <a class="button small" href=${pathOfStageAction(cell, stage, offer.name)}>${label(offer.title)}</a>`;
  }
  if (!config || row.state !== 'published' || !isReady || around.board.atRest.has(pipeline)) return false;
  if (!mayOperate(around.actor, config.access)) return false;
  const isFirst = config.stages[0]?.name === stage;
  if (!isFirst || cell) return false;
  const href = withQuery(pathOfPipelineAction(pipeline, 'trigger'), chooseMaterials(row, level, around));
  return html` <a class="button small" href=${href}>${label('Send')}</a>`;
}

function listCellOffers(
  { pipeline, counter, stage: name }: BoardCell,
  around: Around,
): readonly StageOffer[] {
  const { board, config, actor, now } = around;
  const run = board.runs.get(pipeline)?.get(counter);
  const stage = run?.stages.findLast((one) => one.name === name);
  return run && stage ? listOffers({ run, stage, config: config.pipelines.get(pipeline), actor, now }) : [];
}

/**
 * What a run must pin so that it is about this version: the version itself, and the upstream runs that
 * carried it.
 */
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
