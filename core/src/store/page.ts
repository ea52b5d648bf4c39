/** A part of a list, and where to go on: `after` for the next part, null where this is the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: number | null;
}

/** Where to begin in a list, and how much to take. */
export interface PageRequest {
  /** The `next` of the part before. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** The part of a list that rows are of which one more than `limit` was asked for. */
export function cutPage<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => number): Page<Row> {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, next: last === undefined ? null : keyOf(last) };
}
