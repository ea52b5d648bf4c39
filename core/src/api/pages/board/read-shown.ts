import type { Config } from '../../../config/config.ts';
import type { Actor } from '../../../engine/actor.ts';
import { type Level, listLevels } from '../../../engine/levels.ts';
import { readHold } from '../../../store/hold.ts';
import { listPipelines } from '../../../store/pipeline-views.ts';
import { type RunView, readRunsOf } from '../../../store/run-views.ts';
import type { Tx } from '../../../store/store.ts';
import { mayViewPipeline } from '../../access/visible.ts';
import { type Board, type PlacedRow, readBoardPage } from '../../read-board.ts';
import { readAfter } from '../components/paging.ts';

/** A board, and which of its levels there is room for. */
export interface ShownBoard extends Board {
  readonly shown: readonly ShownLevel[];
  /** The runs of those cells whose stage can be approved or done again. */
  readonly runs: ShownRuns;
  /** The names of pipelines that start nothing now: they are paused, or all starts are held. */
  readonly atRest: ReadonlySet<string>;
}

/** Runs by pipeline and counter. */
export type ShownRuns = ReadonlyMap<string, ReadonlyMap<number, RunView>>;

/** A level, and its place among all. */
export interface ShownLevel {
  readonly level: Level;
  readonly index: number;
}

interface Asked {
  readonly packageId: number;
  /** `repository/package` */
  readonly name: string;
  readonly query: URLSearchParams;
}

const mostRows = 40;
/** A package that very many pipelines take has a wide board: then with fewer rows. */
const mostCells = 2_400;
const mostLevels = 60;
/**
 * Who looks for versions that have passed everything before a level is shown those among the next so many;
 * the rest a page on.
 */
const mostLookedAt = 400;

/** How a level is called in the address. */
export function nameOfLevel({ pipeline, stage }: Level): string {
  return `${pipeline}/${stage}`;
}

/**
 * Reads as much of a board as a page has room for, and as its address asks: one version, or those that are
 * ready for a level.
 */
export async function readShown(
  tx: Tx,
  { packageId, name, query }: Asked,
  looking: { readonly config: Config; readonly actor: Actor },
): Promise<ShownBoard> {
  const { config, actor } = looking;
  const levels = listLevels(config, name, (pipeline) => mayViewPipeline(actor, config, pipeline));
  const limit = Math.min(mostRows, Math.max(5, Math.floor(mostCells / Math.max(1, levels.length))));
  const wanted = levels.findIndex((level) => nameOfLevel(level) === query.get('ready'));
  const fragment = query.get('q')?.trim();
  const readFrom = (after: number | undefined): Promise<Board> =>
    readBoardPage(tx, { packageId, name, limit, after, ...(fragment && { fragment }) }, looking);
  const items: PlacedRow[] = [];
  let board = await readFrom(readAfter(query));
  for (let looked = 0; ; board = await readFrom(board.next ?? undefined)) {
    items.push(...(wanted < 0 ? board.items : board.items.filter(({ ready }) => ready[wanted])));
    looked += board.items.length;
    if (wanted < 0 || board.next === null || items.length >= limit || looked >= mostLookedAt) break;
  }
  const first = Math.min(readFirst(query), Math.max(0, levels.length - 1));
  const shown = levels.map((level, index) => ({ level, index })).slice(first, first + mostLevels);
  const runs = await readActionable(tx, items, shown);
  const hold = await readHold(tx);
  const atRest = (await listPipelines(tx))
    .filter(({ paused }) => paused || hold)
    .map((pipeline) => pipeline.name);
  return { levels, items, next: board.next, shown, runs, atRest: new Set(atRest) };
}

async function readActionable(
  tx: Tx,
  items: readonly PlacedRow[],
  shown: readonly ShownLevel[],
): Promise<ShownRuns> {
  const cells = items.flatMap(({ cells, ready }) =>
    shown.flatMap(({ index }) => {
      const cell = cells[index];
      const isOver = cell?.status === 'failed' || cell?.status === 'cancelled';
      return cell && (cell.status === 'waiting' || (isOver && ready[index])) ? [cell] : [];
    }),
  );
  const runs = new Map<string, ReadonlyMap<number, RunView>>();
  for (const [pipeline, some] of Map.groupBy(cells, (cell) => cell.pipeline)) {
    runs.set(pipeline, await readRunsOf(tx, pipeline, [...new Set(some.map(({ counter }) => counter))]));
  }
  return runs;
}

function readFirst(query: URLSearchParams): number {
  const text = query.get('level') ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) : 0;
}
