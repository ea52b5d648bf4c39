import type { ValueStream } from '../../../store/value-stream/value-stream.ts';

/** A part of a value stream, and how many neighbours of each node are not in it. */
export interface Neighbourhood extends Pick<ValueStream, 'nodes' | 'edges'> {
  /** By the node's id; what is missing has none. */
  readonly hidden: ReadonlyMap<string, number>;
}

/** Which part of a value stream is chosen. */
export interface Choice {
  /** The node that it lies around. */
  readonly focus: string;
  /** How many nodes it has at most. */
  readonly most: number;
  /** Nodes that are folded up: nothing is reached through them that they flowed into. */
  readonly folded: ReadonlySet<string>;
}

/** Chooses those nodes of a value stream that are nearest to one of them, by how many steps lie between. */
export function takeNearest({ nodes, edges }: ValueStream, { focus, most, folded }: Choice): Neighbourhood {
  const [after, before] = [new Map<string, string[]>(), new Map<string, string[]>()];
  for (const { from, to } of edges) {
    append(after, from, to);
    append(before, to, from);
  }
  const taken = new Set([focus]);
  // A set is walked in the order of insertion, and what is added on the way is walked as well.
  for (const id of taken) {
    for (const next of [...(before.get(id) ?? []), ...(folded.has(id) ? [] : (after.get(id) ?? []))]) {
      if (taken.size < most) taken.add(next);
    }
  }
  const countHidden = (id: string) =>
    [...(before.get(id) ?? []), ...(after.get(id) ?? [])].filter((one) => !taken.has(one)).length;
  const hidden = [...taken].map((id): [string, number] => [id, countHidden(id)]);
  return {
    nodes: nodes.filter(({ id }) => taken.has(id)),
    edges: edges.filter(({ from, to }) => taken.has(from) && taken.has(to)),
    hidden: new Map(hidden.filter(([, count]) => count > 0)),
  };
}

function append(lists: Map<string, string[]>, key: string, item: string): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
