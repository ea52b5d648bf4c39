import type { Status } from '../../../store/schema.ts';
import type { StreamNode } from '../../../store/value-stream/nodes.ts';
import { pathOfPackage, pathOfRun } from '../addresses.ts';
import { glyphs } from '../components/status.ts';
import { type Html, html } from '../html.ts';
import { layOutStream, nodeSize, type Point } from './lay-out-stream.ts';
import type { Neighbourhood } from './neighbourhood.ts';

/** How a value stream is drawn. */
export interface DrawOptions {
  /** The node in the middle of attention. */
  readonly focus: string;
  /** In per cent. */
  readonly zoom: number;
  /** Where the drawing is with another node in its focus. */
  pathOfFocus(id: string): string;
}

const lettersShown = 25;

/** Draws a value stream as SVG; every node is a link to its page, and one to its neighbours where some are not shown. */
export function drawStream(stream: Neighbourhood, options: DrawOptions): Html {
  const { width, height, places, lines } = layOutStream(stream);
  const scale = options.zoom / 100;
  return html`<svg class="stream" viewBox=${`0 0 ${width} ${height}`} width=${Math.ceil(width * scale)} height=${Math.ceil(height * scale)}>
    <g class="flows" aria-hidden="true">${lines.map((points) => html`<path d=${drawLine(points)} />`)}</g>
    ${stream.nodes.map((node) => drawNode(node, places.get(node.id) ?? { x: 0, y: 0 }, { ...options, hidden: stream.hidden.get(node.id) ?? 0 }))}
  </svg>`;
}

function drawLine(points: readonly Point[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}

function drawNode(
  node: StreamNode,
  { x, y }: Point,
  { focus, hidden, pathOfFocus }: DrawOptions & { readonly hidden: number },
): Html {
  const [left, top] = [Math.round(x - nodeSize.width / 2), Math.round(y - nodeSize.height / 2)];
  const { name, path, status } = describeNode(node);
  const isFocus = node.id === focus;
  return html`<g class=${`node ${status} ${node.kind}${isFocus ? ' focus' : ''}`}>
    <a href=${path} aria-label=${`${name} ${node.label}, ${node.status}`}>
      <title>${name} ${node.label}: ${node.status}</title>
      <rect x=${left} y=${top} width=${nodeSize.width} height=${nodeSize.height} rx="6" />
      <text x=${left + 10} y=${top + 21} class="name">${shorten(name)}</text>
      <text x=${left + 10} y=${top + 39}>${glyphs[status]} ${shorten(node.label)}</text>
    </a>
    ${hidden > 0 && html`<a href=${pathOfFocus(node.id)} aria-label=${`${hidden} more around ${name} ${node.label}`}><rect class="more" x=${left + nodeSize.width - 42} y=${top + 26} width="38" height="24" rx="4" /><text x=${left + nodeSize.width - 37} y=${top + 42}>+${hidden}</text></a>`}
  </g>`;
}

const statusOfState = { published: 'passed', republished: 'failed', withdrawn: 'cancelled' } as const;

function describeNode(node: StreamNode): { readonly name: string; readonly path: string; readonly status: Status } {
  return node.kind === 'run'
    ? { name: node.pipeline, path: pathOfRun(node.pipeline, node.counter), status: node.status }
    : { name: node.package, path: pathOfPackage(node.package), status: statusOfState[node.status] };
}

function shorten(text: string): string {
  return text.length > lettersShown ? `${text.slice(0, lettersShown - 1)}…` : text;
}
