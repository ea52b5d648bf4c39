import type { Config } from '../config/config.ts';
import type { Actor } from '../engine/actor.ts';
import { type Level, listLevels } from '../engine/levels.ts';
import { type BoardCell, type BoardRow, nameLevel, readBoard } from '../store/board.ts';
import type { PageRequest } from '../store/page.ts';
import { findPipelines } from '../store/pipelines.ts';
import type { Tx } from '../store/store.ts';
import { mayViewPipeline } from './access/visible.ts';

/**
 * A promotion board: the levels that a package flows through, and its versions, newest first, with where each
 * is.
 */
export interface Board {
  readonly levels: readonly Level[];
  readonly items: readonly PlacedRow[];
  readonly next: number | null;
}

/** A version, with a cell for each level. */
export interface PlacedRow extends Omit<BoardRow, 'cells'> {
  /** The newest run of the version that came to the level; null where none did yet. */
  readonly cells: readonly (BoardCell | null)[];
  /** Whether the version has passed every level before this one. */
  readonly ready: readonly boolean[];
}

/** Which package, and which part of its board. */
export interface BoardQuery extends PageRequest {
  readonly packageId: number;
  /** `repository/package` */
  readonly name: string;
  /** Only this version. */
  readonly version?: string;
  /** Only those with it in their version. */
  readonly fragment?: string;
}

/** Reads a part of a package's promotion board, as somebody may see it. */
export async function readBoardPage(
  tx: Tx,
  { name, ...request }: BoardQuery,
  { config, actor }: { readonly config: Config; readonly actor: Actor },
): Promise<Board> {
  const levels = listLevels(config, name, (pipeline) => mayViewPipeline(actor, config, pipeline));
  const pipelines = await findPipelines(tx, [...new Set(levels.map(({ pipeline }) => pipeline))]);
  const { items, next } = await readBoard(tx, { ...request, pipelineIds: [...pipelines.values()] });
  return { levels, items: items.map((row) => place(row, levels)), next };
}

function place({ cells, ...row }: BoardRow, levels: readonly Level[]): PlacedRow {
  const placed = levels.map(({ pipeline, stage }) => cells.get(nameLevel(pipeline, stage)) ?? null);
  const ready: boolean[] = [];
  // The levels before a level come before it in the list.
  for (const { after } of levels)
    ready.push(after.every((index) => ready[index] && placed[index]?.status === 'passed'));
  return { ...row, cells: placed, ready };
}
