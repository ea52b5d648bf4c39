const rowsAtOnce = 500;

/** Rows, or ids, as many at once as one statement is given. */
export function* chunk<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) yield rows.slice(from, from + rowsAtOnce);
}
