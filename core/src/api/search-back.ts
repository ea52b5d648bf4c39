import { setImmediate as giveWay } from 'node:timers/promises';
import type { PageRequest } from '../store/page.ts';
import type { SearchPage, SearchRequest } from '../store/search.ts';
import type { Store, Tx } from '../store/store.ts';

/** Rows looked at in one transaction: at most some 25 milliseconds. */
const depth = 5_000;
/** How far one request looks: whichever comes first. */
export interface SearchBounds {
  readonly rows: number;
  readonly ms: number;
}

const usual: SearchBounds = { rows: 250_000, ms: 2_000 };

/** Where lists are, and a clock in milliseconds. */
export interface Searchable {
  readonly store: Pick<Store, 'read'>;
  readonly now: () => number;
}

/** Searches one part of a list in one transaction. */
export type Look<T> = (tx: Tx, part: SearchRequest) => Promise<SearchPage<T>>;

/**
 * Searches a list from the newest to the oldest until a page is full, a part at a time, between which others
 * have the store. Where it ends before that, at its bounds, `searchedTo` is how far back it looked; else it is
 * null.
 */
export async function searchBack<T>(
  { store, now }: Searchable,
  { after, limit }: PageRequest,
  look: Look<T>,
  bounds = usual,
): Promise<SearchPage<T>> {
  const items: T[] = [];
  let from = after;
  const until = now() + bounds.ms;
  for (let searched = depth; ; searched += depth) {
    const part = { after: from, limit: limit - items.length, depth };
    const { next, searchedTo, ...found } = await store.read((tx) => look(tx, part));
    items.push(...found.items);
    if (next === null || items.length === limit) return { items, next, searchedTo: null };
    if (searched >= bounds.rows || now() >= until) return { items, next, searchedTo };
    from = next;
    await giveWay();
  }
}
