import { expect, it } from 'vitest';
import { createAnsiPainter } from '../../../src/api/pages/components/ansi.ts';
import { html } from '../../../src/api/pages/html.ts';

const paint = (line: string) => html`${createAnsiPainter()(line)}`.text;

it('shows colours and decorations as classes', () => {
  expect(paint('a\u001b[31;1mred\u001b[0m b')).toBe('a<span class="fg-red bold">red</span> b');
  expect(paint('\u001b[92mbright\u001b[42mon green')).toBe(
    '<span class="fg-green">bright</span><span class="fg-green bg-green">on green</span>',
  );
});

it('shows the nearest of its colours for those of larger palettes', () => {
  expect(paint('\u001b[38;5;196mcube\u001b[38;2;20;20;240mtrue\u001b[38;5;240mgrey')).toBe(
    '<span class="fg-red">cube</span><span class="fg-blue">true</span><span class="fg-white">grey</span>',
  );
});

it('escapes what is printed', () => {
  expect(paint('\u001b[31m<script>&')).toBe('<span class="fg-red">&lt;script&gt;&amp;</span>');
});

it('shows nothing of what moves a cursor, names a window or links', () => {
  expect(
    paint('\u001b[2K\u001b[1Ga\u001b]0;title\u0007b\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\'),
  ).toBe('ablink');
});

it('shows what a terminal would of a line that was written over', () => {
  expect(paint('10 %\r50 %\r100 %\r')).toBe('100 %');
});

it('goes on with a colour in the next line', () => {
  const painter = createAnsiPainter();
  painter('\u001b[33mbegun');
  expect(html`${painter('goes on')}`.text).toBe('<span class="fg-yellow">goes on</span>');
});
