/** A piece of a page. Only {@link html} makes it, so that no text of anybody else's can pass for one. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: pieces, text that is escaped, and nothing (false, null, undefined). */
export type Part = Html | string | number | boolean | null | undefined | readonly Part[];

/**
 * A template. A part between tags is content; a part right after `name=` is an attribute's whole value, and
 * the attribute is left out where the part is false, null or undefined. A part anywhere else is refused,
 * since nothing could be escaped for it.
 *
 * preact with htm was tried in its place: it takes four times as long, and its types bring the whole DOM into
 * the server.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const { literals, attributes } = compiled.get(strings) ?? compile(strings);
  let text = literals[0] ?? '';
  for (const [index, part] of parts.entries()) {
    const attribute = attributes[index];
    text += attribute === undefined ? showContent(part) : showAttribute(attribute, part);
    text += literals[index + 1] ?? '';
  }
  return new Html(text);
}

function showContent(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'object' && part !== null) return part.map(showContent).join('');
  return part === null || part === undefined || typeof part === 'boolean' ? '' : escapeText(String(part));
}

function showAttribute(name: string, part: Part): string {
  if (part === false || part === null || part === undefined) return '';
  if (part === true) return ` ${name}`;
  if (typeof part === 'object') throw new Error(`the attribute ${name} takes text`);
  return ` ${name}="${escapeText(String(part))}"`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return /[&<>"']/.test(text) ? text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '') : text;
}

interface Template {
  readonly literals: readonly string[];
  /** For each part the attribute whose value it is; undefined for content. */
  readonly attributes: readonly (string | undefined)[];
}

const compiled = new WeakMap<TemplateStringsArray, Template>();

function compile(strings: TemplateStringsArray): Template {
  const literals: string[] = [];
  const attributes: (string | undefined)[] = [];
  let place: Place = 'content';
  for (const [index, string] of strings.entries()) {
    const isLast = index === strings.length - 1;
    place = findPlace(string, place);
    const attribute = place === 'tag' ? /\s([a-z][a-z0-9-]*)=$/i.exec(string)?.[1] : undefined;
    if (!isLast && place !== 'content' && attribute === undefined)
      throw new Error(`a part where none can be: ${string}`);
    literals.push(squeeze(attribute === undefined ? string : string.replace(/\s[^\s]*=$/, '')));
    if (!isLast) attributes.push(attribute);
  }
  const template = { literals, attributes };
  compiled.set(strings, template);
  return template;
}

type Place = 'content' | 'tag' | 'quoted';

/** Where a template is after a literal that began at `place`. */
function findPlace(literal: string, place: Place): Place {
  for (const character of literal) {
    if (place === 'content' && character === '<') place = 'tag';
    else if (place === 'tag' && character === '>') place = 'content';
    else if (place !== 'content' && character === '"') place = place === 'tag' ? 'quoted' : 'tag';
  }
  return place;
}

/** Line breaks are for those who read the template. */
function squeeze(literal: string): string {
  return literal
    .replaceAll(/\s*\n\s*(?=[^\s<]*=)/g, ' ')
    .replaceAll(/>\s*\n\s*/g, '>')
    .replaceAll(/\s*\n\s*/g, '');
}
