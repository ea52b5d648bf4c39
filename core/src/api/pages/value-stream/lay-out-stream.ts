import { Graph, layout } from '@dagrejs/dagre';

/** How large a node is drawn, in units of the drawing. */
export const nodeSize = { width: 190, height: 52 } as const;

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

/** Lays a graph out from the left to the right, so that what flowed comes before what it flowed into. */
export function layOutStream({ nodes, edges }: StreamShape): Drawing {
  const graph = new Graph();
  // Large graphs are ranked by the faster way, with somewhat longer lines.
  const ranker = nodes.length > longestPathFrom ? 'longest-path' : 'network-simplex';
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 46, marginx: 8, marginy: 8, ranker, align: 'UL' });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { ...nodeSize });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const place = (id: string): [string, Point] => [id, { x: Number(graph.node(id).x), y: Number(graph.node(id).y) }];
  const pointsOf = (edge: StreamShape['edges'][number]): readonly Point[] => graph.edge(edge.from, edge.to).points ?? [];
  return {
    ...{ width: Math.ceil(Number(width)), height: Math.ceil(Number(height)) },
    places: new Map(nodes.map(({ id }) => place(id))),
    lines: edges.map((edge) => pointsOf(edge).map(({ x, y }) => ({ x, y }))),
  };
}
