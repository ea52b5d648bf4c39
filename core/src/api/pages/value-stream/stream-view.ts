import type { StreamNode } from '../../../store/value-stream/nodes.ts';
import type { ValueStream } from '../../../store/value-stream/value-stream.ts';

/** How large it is drawn: as wide as the window at most, or in per cent. */
export type Zoom = (typeof zooms)[number];

/** The sizes that are offered. */
export const zooms = ['fit', 50, 75, 100, 150] as const;

/** How a value stream is looked at; all of it is in the address. */
export interface StreamView {
  /** The id of the node in the middle of attention. */
  readonly focus: string;
  readonly zoom: Zoom;
  readonly isAll: boolean;
  /** The ids of nodes of which nothing is shown that they flowed into. */
  readonly folded: ReadonlySet<string>;
  /** What was looked for and is not there. */
  readonly missed: string | undefined;
}

/** More than this is folded up by nobody, and makes addresses too long. */
const mostFolded = 30;

/** Reads it from an address; without a word about it, the focus is on `root`. */
export function readStreamView(query: URLSearchParams, { nodes }: ValueStream, root: string): StreamView {
  const wanted = query.get('q')?.trim() ?? '';
  const found = wanted === '' ? undefined : findNode(nodes, wanted);
  const focus = found ?? nodes.find(({ id }) => id === query.get('focus'))?.id ?? root;
  return {
    focus,
    isAll: query.get('show') === 'all',
    zoom: zooms.find((one) => String(one) === query.get('zoom')) ?? 'fit',
    folded: new Set(query.getAll('fold').slice(0, mostFolded)),
    missed: wanted !== '' && found === undefined ? wanted : undefined,
  };
}

/** The node that is called so, or else the first one that has it in its name. */
function findNode(nodes: readonly StreamNode[], wanted: string): string | undefined {
  const text = wanted.toLowerCase();
  const exact = nodes.find(({ id }) => id.toLowerCase() === text);
  return (exact ?? nodes.find(({ id, label }) => `${id} ${label}`.toLowerCase().includes(text)))?.id;
}

/** What is written into the query of an address that shows it so; a form sends it in hidden fields. */
export function listFields(
  { focus, zoom, isAll, folded }: StreamView,
  root: string,
): readonly [string, string][] {
  return [
    ...(focus === root ? [] : [['focus', focus] as [string, string]]),
    ...(zoom === 'fit' ? [] : [['zoom', String(zoom)] as [string, string]]),
    ...(isAll ? [['show', 'all'] as [string, string]] : []),
    ...[...folded].map((id): [string, string] => ['fold', id]),
  ];
}
