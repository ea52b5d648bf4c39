import { Graph, layout } from '@dagrejs/dagre';

/** How large a node is drawn, in units of the drawing. */
export const nodeSize = { width: 190, height: 56 } as const;

/** What is laid out: nodes, and what flowed from which to which, by their ids. */
export interface StreamShape {
  readonly nodes: readonly { readonly id: string }[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** Where a node's middle is, in units of the drawing. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where everything of a graph is drawn. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** By the node's id. */
  readonly places: ReadonlyMap<string, Point>;
  /** The lines, in the order of the edges. */
  readonly lines: readonly (readonly Point[])[];
}

const longestPathFrom = 100;
const margin = 8;

/** Which way it flows: from the left to the right, or downwards. */
export type Direction = 'across' | 'down';

/** Lays a graph out so that what flowed comes before what it flowed into. */
export function layOutStream({ nodes, edges }: StreamShape, direction: Direction = 'across'): Drawing {
  const graph = new Graph();
  // Large graphs are ranked by the faster way, with somewhat longer lines.
  const ranker = nodes.length > longestPathFrom ? 'longest-path' : 'network-simplex';
  graph.setGraph({
    rankdir: direction === 'across' ? 'LR' : 'TB',
    nodesep: 14,
    ranksep: 46,
    ranker,
    align: 'UL',
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { ...nodeSize });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const place = (id: string): [string, Point] => [
    id,
    { x: Number(graph.node(id).x), y: Number(graph.node(id).y) },
  ];
  const pointsOf = ({ from, to }: StreamShape['edges'][number]): readonly Point[] =>
    graph.edge(from, to).points ?? [];
  return frame(new Map(nodes.map(({ id }) => place(id))), edges.map(pointsOf));
}

/** Puts a margin around all that is drawn: dagre's own size leaves out lines that go around nodes. */
function frame(places: Drawing['places'], lines: Drawing['lines']): Drawing {
  const [halfWidth, halfHeight] = [nodeSize.width / 2, nodeSize.height / 2];
  const corners = [...places.values()].flatMap(({ x, y }) => [
    { x: x - halfWidth, y: y - halfHeight },
    { x: x + halfWidth, y: y + halfHeight },
  ]);
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of [...corners, ...lines.flat()]) {
    box.left = Math.min(box.left, x);
    box.top = Math.min(box.top, y);
    box.right = Math.max(box.right, x);
    box.bottom = Math.max(box.bottom, y);
  }
  const shift = ({ x, y }: Point): Point => ({ x: x - box.left + margin, y: y - box.top + margin });
  return {
    width: Math.ceil(box.right - box.left + 2 * margin),
    height: Math.ceil(box.bottom - box.top + 2 * margin),
    places: new Map([...places].map(([id, point]) => [id, shift(point)])),
    lines: lines.map((line) => line.map(shift)),
  };
}
