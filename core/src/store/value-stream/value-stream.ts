import type { Publishing } from '../publications.ts';
import type { Tx } from '../store.ts';
import { type NodeIds, type NodeKey, StreamGraph } from './graph.ts';
import { readNodes, type StreamNode } from './nodes.ts';
import { type Step, stepDown, stepUp } from './steps.ts';

/** Everything that flowed into something, and everything that it flowed into. */
export interface ValueStream {
  readonly nodes: readonly StreamNode[];
  /** By the nodes' ids. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  /** Whether there is, or may be, more than is shown. */
  readonly truncated: boolean;
}

/** What tracing goes by. */
export interface Tracing {
  readonly publishing: Publishing;
  /** Whether the runs of a pipeline are shown; what is only behind others is not shown either. */
  readonly isVisible: (pipelineId: number) => boolean;
}

const mostNodes = 1_000;
const idsAtOnce = 200;

/** Traces the value stream of a run, or of a revision, up and down, as far as anything is recorded. */
export async function traceValueStream(tx: Tx, root: NodeKey, tracing: Tracing): Promise<ValueStream> {
  const graph = new StreamGraph(root, mostNodes);
  const start = root.kind === 'run' ? { runs: [root.id], revisions: [] } : { runs: [], revisions: [root.id] };
  // Both ways take from the same room, and what stands behind is never much.
  for (const step of [stepUp, stepDown]) await walk(tx, graph, start, { step, tracing });
  const nodes = await readNodes(tx, graph.ids);
  const idOf = ({ kind, id }: NodeKey) => nodes.get(`${kind} ${id}`)?.id;
  const edges = graph.links.flatMap(({ from, to }) => {
    const [source, target] = [idOf(from), idOf(to)];
    return source === undefined || target === undefined ? [] : [{ from: source, to: target }];
  });
  return { nodes: [...nodes.values()], edges, truncated: graph.truncated };
}

async function walk(
  tx: Tx,
  graph: StreamGraph,
  start: NodeIds,
  { step, tracing }: { readonly step: Step; readonly tracing: Tracing },
): Promise<void> {
  let frontier = start;
  while (frontier.runs.length + frontier.revisions.length > 0) {
    const next: { runs: number[]; revisions: number[] } = { runs: [], revisions: [] };
    for (const part of divide(frontier)) {
      // A graph that is full says so, and is not looked into further.
      if (graph.room === 0) return graph.cut();
      const most = graph.room + idsAtOnce;
      const { links, isCut } = await step(tx, part, { ...tracing, most });
      if (isCut) graph.cut();
      const fresh = graph.add(links);
      next.runs.push(...fresh.runs);
      next.revisions.push(...fresh.revisions);
    }
    frontier = next;
  }
}

function* divide({ runs, revisions }: NodeIds): Generator<NodeIds> {
  for (let from = 0; from < Math.max(runs.length, revisions.length); from += idsAtOnce) {
    yield { runs: runs.slice(from, from + idsAtOnce), revisions: revisions.slice(from, from + idsAtOnce) };
  }
}
