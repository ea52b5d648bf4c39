import { expect, it } from 'vitest';
import { html } from '../../../src/api/pages/html.ts';
import { findParts } from '../../../src/api/pages/live-parts.ts';

it('finds the parts of a page, the outermost only, elements of the same name in them', () => {
  const { text } = html`<header id="head" data-part><h1>a</h1></header>
    <ul><li id=${'one"<'} class="x" data-part><ul><li id="inner" data-part>b</li></ul></li><li id="two">c</li></ul>
    <section id="empty" data-part></section>`;
  expect([...findParts(text)]).toEqual([
    ['head', '<header id="head" data-part><h1>a</h1></header>'],
    [
      'one&quot;&lt;',
      '<li id="one&quot;&lt;" class="x" data-part><ul><li id="inner" data-part>b</li></ul></li>',
    ],
    ['empty', '<section id="empty" data-part></section>'],
  ]);
});

it('is not misled by what a part shows', () => {
  const { text } =
    html`<p id="a" data-part title=${'</p> data-part id="b"'}>${'</p><p id="c" data-part>'}</p>`;
  expect([...findParts(text).keys()]).toEqual(['a']);
});
