import { describe, expect, it } from 'vitest';
import { showLink } from '../../../src/api/pages/components/link.ts';
import { html } from '../../../src/api/pages/html.ts';

const harm = `<script>"it's" & more</script>`;
const escaped = '&lt;script&gt;&quot;it&#39;s&quot; &amp; more&lt;/script&gt;';

describe('a template', () => {
  it('escapes what it is given, as content and as an attribute', () => {
    expect(html`<p title=${harm}>${harm}</p>`.text).toBe(`<p title="${escaped}">${escaped}</p>`);
  });

  it('takes other templates, lists of them, numbers, and nothing', () => {
    const items = [1, 2].map((number) => html`<li>${number}</li>`);
    expect(html`<ul>${items}${false}${null}${undefined}</ul>`.text).toBe('<ul><li>1</li><li>2</li></ul>');
  });

  it('leaves out an attribute that is nothing, and names one that is true', () => {
    const show = (selected: boolean) => html`<option value=${null} selected=${selected}>a</option>`.text;
    expect([show(true), show(false)]).toEqual(['<option selected>a</option>', '<option>a</option>']);
  });

  it('takes nobody else for a template, whatever it looks like', () => {
    const forged = JSON.parse(`{"text": "<b>"}`);
    expect(() => html`<p>${forged}</p>`).toThrow();
  });

  it('does not keep the line breaks that it is written with', () => {
    const text = html`<p
        class=${'a'}
        id="b"
      >
        one
        <b>two</b>
      </p>`.text;
    expect(text).toBe('<p class="a" id="b">one<b>two</b></p>');
  });

  it.each([
    ['a name of an element', () => html`<${'p'}></p>`],
    ['a part of an attribute', () => html`<p class="a ${'b'}"></p>`],
    ['a name of an attribute', () => html`<p ${'class'}="b"></p>`],
  ])('refuses a part as %s', (_, make) => {
    expect(make).toThrow('a part where none can be');
  });
});

describe('a link to what somebody else named', () => {
  it('leads to http and https addresses', () => {
    expect(html`${showLink('https://git.example.com/a?b="c"')}`.text).toBe(
      '<a href="https://git.example.com/a?b=&quot;c&quot;" rel="noopener noreferrer nofollow">https://git.example.com/a?b=&quot;c&quot;</a>',
    );
  });

  it.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'JAVASCRIPT:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'no address',
  ])('is text where it is %s', (url) => expect(showLink(url)).toBe(url));
});
