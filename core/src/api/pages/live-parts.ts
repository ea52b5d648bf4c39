/**
 * The parts of a page that are kept true while it is open, by their ids: each is an element with an `id` and
 * `data-part`.
 */
export type LiveParts = ReadonlyMap<string, string>;

// What an attribute holds is escaped, so that a tag ends where it seems to.
const tags = /<(\/?)([a-z][a-z0-9]*)([^>]*)>/g;

/**
 * Finds the outermost parts in a page's text, which {@link html} has made: its elements are closed, and its
 * attributes quoted.
 */
export function findParts(text: string): LiveParts {
  const parts = new Map<string, string>();
  let open: { readonly id: string; readonly name: string; readonly from: number; depth: number } | undefined;
  for (const { 0: tag, 1: slash, 2: name = '', 3: attributes = '', index } of text.matchAll(tags)) {
    if (open === undefined) {
      const id = / data-part\b/.test(attributes) ? / id="([^"]*)"/.exec(attributes)?.[1] : undefined;
      if (id !== undefined) open = { id, name, from: index, depth: 1 };
    } else if (name === open.name) {
      open.depth += slash === '/' ? -1 : 1;
      if (open.depth > 0) continue;
      parts.set(open.id, text.slice(open.from, index + tag.length));
      open = undefined;
    }
  }
  return parts;
}
