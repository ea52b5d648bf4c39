import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { drawStream } from '../../../../src/api/pages/value-stream/draw-stream.ts';
import { layOutStream, nodeSize } from '../../../../src/api/pages/value-stream/lay-out-stream.ts';
import { takeNearest } from '../../../../src/api/pages/value-stream/neighbourhood.ts';
import { StreamLayouts } from '../../../../src/api/pages/value-stream/stream-layouts.ts';
import { listFields, readStreamView } from '../../../../src/api/pages/value-stream/stream-view.ts';
import type { ValueStream } from '../../../../src/store/value-stream/value-stream.ts';

/** A tree in which every run starts three others. */
function growStream(size: number): ValueStream {
  const nameOf = (index: number) => `p/${index}`;
  const indexes = Array.from({ length: size }, (_, index) => index);
  return {
    nodes: indexes.map((index) => {
      const run = {
        pipeline: 'p',
        counter: index,
        label: `<b>${index}</b>`,
        status: 'passed' as const,
        stages: [],
      };
      return { id: nameOf(index), kind: 'run' as const, ...run };
    }),
    edges: indexes
      .slice(1)
      .map((index) => ({ from: nameOf(Math.floor((index - 1) / 3)), to: nameOf(index) })),
    truncated: false,
  };
}

const unfolded: ReadonlySet<string> = new Set();
const idsOf = ({ nodes }: { readonly nodes: readonly { readonly id: string }[] }) =>
  nodes.map(({ id }) => id);

describe('the part of a value stream that is shown', () => {
  it('is what is nearest to the focus, and says how much more is around', () => {
    const near = takeNearest(growStream(500), { focus: 'p/1', most: 5, folded: unfolded });
    expect(idsOf(near)).toEqual(['p/0', 'p/1', 'p/4', 'p/5', 'p/6']);
    expect(near.hidden.get('p/0')).toBe(2);
    expect(near.hidden.get('p/1')).toBeUndefined();
    expect(near.hidden.get('p/4')).toBe(3);
  });

  it('leaves out what is only behind a node that is folded up', () => {
    const shown = takeNearest(growStream(13), { focus: 'p/0', most: 13, folded: new Set(['p/1']) });
    expect(idsOf(shown)).toEqual(['p/0', 'p/1', 'p/2', 'p/3', 'p/7', 'p/8', 'p/9', 'p/10', 'p/11', 'p/12']);
    expect(shown.hidden).toEqual(new Map([['p/1', 3]]));
  });
});

it('lays 500 nodes out so that none covers another, and what flowed is left of what it flowed into', () => {
  const stream = growStream(500);
  const { places } = layOutStream(stream);
  const at = (id: string) => places.get(id) ?? { x: Number.NaN, y: Number.NaN };
  const columns = Map.groupBy(places.values(), ({ x }) => x);
  for (const column of columns.values()) {
    const heights = column.map(({ y }) => y).toSorted((a, b) => a - b);
    for (const [index, y] of heights.slice(1).entries())
      expect(y - (heights[index] ?? 0)).toBeGreaterThan(nodeSize.height);
  }
  for (const { from, to } of stream.edges) expect(at(to).x - at(from).x).toBeGreaterThan(nodeSize.width);
});

it('draws every line within the picture, also those that go around what lies between', () => {
  // The release of docs/promotion.md: what is published goes to every pipeline, also past those before it.
  const all = fc.shuffledSubarray(
    [
      'unit acceptance',
      'unit performance',
      'web unit',
      'web acceptance',
      'web performance',
      'web release',
    ].concat(['acceptance release', 'performance release']),
    { minLength: 8 },
  );
  const names = fc.shuffledSubarray(['web', 'unit', 'acceptance', 'performance', 'release'], {
    minLength: 5,
  });
  fc.assert(
    fc.property(all, names, fc.constantFrom('across', 'down'), (pairs, ids, direction) => {
      const edges = pairs.map((pair) => ({ from: pair.split(' ')[0] ?? '', to: pair.split(' ')[1] ?? '' }));
      const { width, height, lines, places } = layOutStream(
        { nodes: ids.map((id) => ({ id })), edges },
        direction,
      );
      const isWithin = ({ x, y }: { x: number; y: number }) => x > 0 && y > 0 && x < width && y < height;
      expect([...lines.flat(), ...places.values()].filter((point) => !isWithin(point))).toEqual([]);
    }),
  );
});

describe('a drawing', () => {
  const view = { focus: 'p/1', zoom: 50 as const, isAll: false, folded: unfolded, missed: undefined };
  const pathOf = (changes: object) =>
    `/?${JSON.stringify(changes, (_, value) => (value instanceof Set ? [...value] : value))}`;

  it('has every node as a link, its label as text, and one link more where neighbours are not shown', () => {
    const near = takeNearest(growStream(500), { ...view, most: 5 });
    const { text } = drawStream(near, layOutStream(near), { view, pathOf });
    expect(text.match(/<a href="\/pipelines\/p\/runs\/\d+"/g)).toHaveLength(5);
    expect(text).toContain('aria-label="3 more around p &lt;b&gt;4&lt;/b&gt;"');
    expect(text).not.toContain('<b>');
  });

  it('offers to fold up what has flowed on, and to unfold it', () => {
    const draw = (folded: ReadonlySet<string>) => {
      const shown = takeNearest(growStream(4), { ...view, most: 4, folded });
      return drawStream(shown, layOutStream(shown), { view: { ...view, folded }, pathOf }).text;
    };
    expect(draw(unfolded).match(/aria-label="Fold [^"]*"/g)).toEqual([
      'aria-label="Fold p &lt;b&gt;0&lt;/b&gt; up"',
    ]);
    expect(draw(new Set(['p/0'])).match(/aria-label="Unfold [^"]*"/g)).toEqual([
      'aria-label="Unfold p &lt;b&gt;0&lt;/b&gt;"',
    ]);
  });
});

describe('the view of a value stream', () => {
  const read = (query: string) => readStreamView(new URLSearchParams(query), growStream(20), 'p/0');

  it('is all in the address', () => {
    const query = 'focus=p%2F3&zoom=150&show=all&fold=p%2F1&fold=p%2F2';
    expect(new URLSearchParams([...listFields(read(query), 'p/0')]).toString()).toBe(query);
  });

  it.each([
    { q: 'P/7', focus: 'p/7', missed: undefined },
    { q: '<b>12', focus: 'p/12', missed: undefined },
    { q: 'nowhere', focus: 'p/0', missed: 'nowhere' },
  ])('finds "$q"', ({ q, focus, missed }) => {
    expect(read(new URLSearchParams({ q }).toString())).toMatchObject({ focus, missed });
  });
});

describe('the layouts of value streams', () => {
  const [layouts, crowded, hasty] = [new StreamLayouts(), new StreamLayouts(), new StreamLayouts(1)];
  afterAll(() => Promise.all([layouts, crowded, hasty].map((one) => one.close())));

  it('are made in another thread, while the server goes on', async () => {
    let ticks = 0;
    const ticker = setInterval(() => ticks++, 1);
    const stream = growStream(500);
    const drawing = await layouts.layOut(stream);
    clearInterval(ticker);
    expect(drawing).toEqual(layOutStream(stream));
    expect(ticks).toBeGreaterThan(0);
  });

  it('are kept: what looks as it did is not laid out again, whatever became of its runs', async () => {
    const { nodes, edges } = growStream(20);
    const drawing = layouts.layOut({ nodes, edges });
    const later = nodes.map((node) => ({ ...node, status: 'failed' }));
    expect(layouts.layOut({ nodes: later, edges })).toBe(drawing);
    for (let size = 21; size < 45; size++) await layouts.layOut(growStream(size));
    expect(layouts.layOut({ nodes, edges })).not.toBe(drawing);
  });

  it('are refused to those who come when many wait', async () => {
    const asked = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => crowded.layOut(growStream(60 + index))),
    );
    expect(asked.map(({ status }) => status)).toEqual([
      ...Array(16).fill('fulfilled'),
      ...Array(4).fill('rejected'),
    ]);
    await expect(crowded.layOut(growStream(79))).resolves.toBeDefined();
  });

  it('are given up where they take too long', async () => {
    await expect(hasty.layOut(growStream(500))).resolves.toBeUndefined();
  });
});
