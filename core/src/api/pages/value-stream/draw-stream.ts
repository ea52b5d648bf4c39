import type { Status } from '../../../domain/status.ts';
import type { StreamNode } from '../../../store/value-stream/nodes.ts';
import { pathOfPackage, pathOfRun } from '../addresses.ts';
import { glyphs } from '../components/status.ts';
import { type Html, html } from '../html.ts';
import { type Drawing, nodeSize, type Point } from './lay-out-stream.ts';
import type { Neighbourhood } from './neighbourhood.ts';
import type { StreamView } from './stream-view.ts';

/** How a value stream is looked at, and where it is looked at otherwise. */
export interface DrawOptions {
  readonly view: StreamView;
  pathOf(changes: Partial<StreamView>): string;
}

const lettersShown = 25;
/** Beside what is in the corner of a node. */
const lettersOfLabel = 17;
/**
 * The link in a corner of a node: large enough for a finger where the drawing is fitted into a narrow window.
 */
const handleSize = { width: 48, height: 34 } as const;

/**
 * Draws a value stream as SVG; every node is a link to its page, and has one to unfold what is around it, or
 * to fold it up.
 */
export function drawStream(
  stream: Neighbourhood,
  { width, height, places, lines }: Drawing,
  options: DrawOptions,
): Html {
  const { zoom } = options.view;
  const scale = zoom === 'fit' ? 1 : zoom / 100;
  const flowing = new Set(stream.edges.map(({ from }) => from));
  return html`<svg class=${zoom === 'fit' ? 'stream fit' : 'stream'} viewBox=${`0 0 ${width} ${height}`} width=${Math.ceil(width * scale)} height=${Math.ceil(height * scale)}>
    <g class="flows" aria-hidden="true">${lines.map((points) => html`<path d=${drawLine(points)} />`)}</g>
    ${stream.nodes.map((node) => {
      const offered = { hidden: stream.hidden.get(node.id) ?? 0, isFlowing: flowing.has(node.id) };
      return drawNode(node, { ...(places.get(node.id) ?? { x: 0, y: 0 }), ...offered }, options);
    })}
  </svg>`;
}

function drawLine(points: readonly Point[]): string {
  return points
    .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(0)} ${y.toFixed(0)}`)
    .join('');
}

/** Where a node is, how many of its neighbours are not shown, and whether it flowed into any that are. */
interface Place extends Point {
  readonly hidden: number;
  readonly isFlowing: boolean;
}

function drawNode(node: StreamNode, place: Place, options: DrawOptions): Html {
  const [left, top] = [Math.round(place.x - nodeSize.width / 2), Math.round(place.y - nodeSize.height / 2)];
  const { name, path, status } = describeNode(node);
  const isFocus = node.id === options.view.focus;
  return html`<g class=${`node ${status} ${node.kind}${isFocus ? ' focus' : ''}`} id=${isFocus ? 'focus' : null}>
    <a href=${path}>
      <title>${name} ${node.label}, ${node.status}</title>
      <rect x=${left} y=${top} width=${nodeSize.width} height=${nodeSize.height} rx="6" />
      <text x=${left + 10} y=${top + 20} class="name" aria-hidden="true">${shorten(name, lettersShown)}</text>
      <text x=${left + 10} y=${top + 42} aria-hidden="true">${glyphs[status]} ${shorten(node.label, lettersOfLabel)}</text>
    </a>
    ${drawHandle(node, place, options)}
  </g>`;
}

/**
 * The link in a corner of a node: what is folded up is unfolded, what is not shown comes into focus, what is
 * shown is folded up.
 */
function drawHandle(
  node: StreamNode,
  { x, y, hidden, isFlowing }: Place,
  { view, pathOf }: DrawOptions,
): Html | false {
  const { folded } = view;
  const name = `${describeNode(node).name} ${node.label}`;
  const draw = (text: string, says: string, path: string) => {
    const { width, height } = handleSize;
    const [left, top] = [
      Math.round(x + nodeSize.width / 2) - width,
      Math.round(y + nodeSize.height / 2) - height,
    ];
    return html`<a href=${`${path}#focus`} aria-label=${says}><rect class="more" x=${left} y=${top} width=${width} height=${height} rx="4" /><text x=${left + width / 2} y=${top + height / 2 + 4} aria-hidden="true">${text}</text></a>`;
  };
  if (folded.has(node.id)) {
    const others = new Set([...folded].filter((id) => id !== node.id));
    return draw(`+${hidden || ''}`, `Unfold ${name}`, pathOf({ folded: others, focus: node.id }));
  }
  if (hidden > 0) return draw(`+${hidden}`, `${hidden} more around ${name}`, pathOf({ focus: node.id }));
  return (
    isFlowing &&
    draw('−', `Fold ${name} up`, pathOf({ folded: new Set([...folded, node.id]), focus: node.id }))
  );
}

const statusOfState = { published: 'passed', republished: 'failed', withdrawn: 'cancelled' } as const;

function describeNode(node: StreamNode): {
  readonly name: string;
  readonly path: string;
  readonly status: Status;
} {
  return node.kind === 'run'
    ? { name: node.pipeline, path: pathOfRun(node.pipeline, node.counter), status: node.status }
    : { name: node.package, path: pathOfPackage(node.package), status: statusOfState[node.status] };
}

function shorten(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
}
