const rowsAtOnce = 500;

/** Ids, as many at once as one statement is given. */
export function* chunk(ids: readonly number[]): Generator<readonly number[]> {
  for (let from = 0; from < ids.length; from += rowsAtOnce) yield ids.slice(from, from + rowsAtOnce);
}
