import { createHash } from 'node:crypto';
import { findParts, type LiveParts } from './live-parts.ts';
import type { PageView } from './page.ts';

/** What a browser shows of a page, to be compared with what it should show; it keeps no text. */
export interface Seen {
  /** The same for all that look the same. */
  readonly name: string;
  /** By the ids of the parts, a digest of each. */
  readonly digests: ReadonlyMap<string, string>;
  readonly concerns: PageView['concerns'];
}

/** What a page shows. */
export interface Shown {
  readonly seen: Seen;
  readonly parts: LiveParts;
  /** All that stands between the navigation and the foot. */
  readonly main: string;
}

/** Takes a page apart. */
export function takeApart({ main: { text }, concerns }: PageView): Shown {
  const parts = findParts(text);
  const digests = new Map([...parts].map(([id, part]) => [id, digestOf(part)]));
  const name = digestOf([...digests].join());
  return { seen: { name, digests, concerns }, parts, main: text };
}

/**
 * What changes one into the other, as elements for htmx to put in their places: parts or, where they are
 * others, the whole.
 */
export function findChanges(before: Seen | undefined, { seen, parts, main }: Shown): string {
  if (before && !haveSameKeys(before.digests, seen.digests)) {
    return `<main id="main" tabindex="-1" hx-swap-oob="morph">${main}</main>`;
  }
  const changed = [...parts].filter(([id]) => before?.digests.get(id) !== seen.digests.get(id));
  return changed.map(([, text]) => text.replace(/^<[a-z0-9]+/, '$& hx-swap-oob="morph"')).join('');
}

function haveSameKeys(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && one.keys().every((key) => other.has(key));
}

function digestOf(text: string): string {
  // That time goes by is no change: browsers see to it themselves.
  const timeless = text.replaceAll(/ data-age(="")?>[^<]*/g, '');
  return createHash('sha256').update(timeless).digest('base64url').slice(0, 22);
}
