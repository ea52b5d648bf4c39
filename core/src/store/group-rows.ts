/** Rows by a key that several of them have, in their order, each as what it says beside its key. */
export function groupRows<Key, Row, Value>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
  toValue: (row: Row) => Value,
): ReadonlyMap<Key, readonly Value[]> {
  return new Map([...Map.groupBy(rows, keyOf)].map(([key, some]) => [key, some.map(toValue)]));
}
