import { expect, it } from 'vitest';
import { drawStream } from '../../../../src/api/pages/value-stream/draw-stream.ts';
import { layOutStream, nodeSize } from '../../../../src/api/pages/value-stream/lay-out-stream.ts';
import { takeNearest } from '../../../../src/api/pages/value-stream/neighbourhood.ts';
import type { ValueStream } from '../../../../src/store/value-stream/value-stream.ts';

/** A tree in which every run starts three others. */
function growStream(size: number): ValueStream {
  const nameOf = (index: number) => `p/${index}`;
  const indexes = Array.from({ length: size }, (_, index) => index);
  return {
    nodes: indexes.map((index) => {
      const run = { pipeline: 'p', counter: index, label: `<b>${index}</b>`, status: 'passed' as const, stages: [] };
      return { id: nameOf(index), kind: 'run' as const, ...run };
    }),
    edges: indexes.slice(1).map((index) => ({ from: nameOf(Math.floor((index - 1) / 3)), to: nameOf(index) })),
    truncated: false,
  };
}

it('takes what is nearest to the focus, and says how much more is around', () => {
  const near = takeNearest(growStream(500), 'p/1', 5);
  expect(near.nodes.map(({ id }) => id)).toEqual(['p/0', 'p/1', 'p/4', 'p/5', 'p/6']);
  expect(near.hidden.get('p/0')).toBe(2);
  expect(near.hidden.get('p/1')).toBeUndefined();
  expect(near.hidden.get('p/4')).toBe(3);
});

it('lays 500 nodes out so that none covers another, and what flowed is left of what it flowed into', () => {
  const stream = growStream(500);
  const { places } = layOutStream(stream);
  const at = (id: string) => places.get(id) ?? { x: Number.NaN, y: Number.NaN };
  const columns = Map.groupBy(places.values(), ({ x }) => x);
  for (const column of columns.values()) {
    const heights = column.map(({ y }) => y).toSorted((a, b) => a - b);
    for (const [index, y] of heights.slice(1).entries()) expect(y - (heights[index] ?? 0)).toBeGreaterThan(nodeSize.height);
  }
  for (const { from, to } of stream.edges) expect(at(to).x - at(from).x).toBeGreaterThan(nodeSize.width);
}, 60_000);

it('draws every node as a link, its label as text, and one link more where neighbours are not shown', () => {
  const near = takeNearest(growStream(500), 'p/1', 5);
  const { text } = drawStream(near, { focus: 'p/1', zoom: 50, pathOfFocus: (id) => `/?focus=${id}` });
  expect(text.match(/<a href="\/pipelines\/p\/runs\/\d+"/g)).toHaveLength(5);
  expect(text).toContain('href="/?focus=p/4"');
  expect(text).not.toContain('<b>');
});
