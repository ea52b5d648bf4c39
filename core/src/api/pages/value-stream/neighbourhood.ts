import type { ValueStream } from '../../../store/value-stream/value-stream.ts';

/** A part of a value stream, and how many neighbours of each node are not in it. */
export interface Neighbourhood extends Pick<ValueStream, 'nodes' | 'edges'> {
  /** By the node's id; what is missing has none. */
  readonly hidden: ReadonlyMap<string, number>;
}

/** Chooses those nodes of a value stream that are nearest to one of them, at most so many, by how many steps lie between. */
export function takeNearest({ nodes, edges }: ValueStream, focus: string, most: number): Neighbourhood {
  const neighbours = new Map<string, string[]>();
  const link = (from: string, to: string) => neighbours.set(from, [...(neighbours.get(from) ?? []), to]);
  for (const { from, to } of edges) {
    link(from, to);
    link(to, from);
  }
  const taken = new Set([focus]);
  // A set is walked in the order of insertion, and what is added on the way is walked as well.
  for (const id of taken) {
    for (const next of neighbours.get(id) ?? []) if (taken.size < most) taken.add(next);
  }
  const hidden = [...taken].map((id): [string, number] => [
    id,
    (neighbours.get(id) ?? []).filter((one) => !taken.has(one)).length,
  ]);
  return {
    nodes: nodes.filter(({ id }) => taken.has(id)),
    edges: edges.filter(({ from, to }) => taken.has(from) && taken.has(to)),
    hidden: new Map(hidden.filter(([, count]) => count > 0)),
  };
}
