import { setImmediate as giveWay } from 'node:timers/promises';
import type { PageRequest } from '../store/page.ts';
import type { SearchPage, SearchRequest } from '../store/search.ts';
import type { Store, Tx } from '../store/store.ts';

/** Rows looked at in one transaction: at most some 25 milliseconds. */
const depth = 5_000;
/** Rows looked at for one request: about a second. */
const mostRows = 250_000;

/** Searches one part of a list in one transaction. */
export type Look<T> = (tx: Tx, part: SearchRequest) => Promise<SearchPage<T>>;

/**
 * Searches a list from the newest to the oldest until a page is full, a part at a time, between which others
 * have the store. Where it ends before that, after `most` rows, `searchedTo` is how far back it looked; else
 * it is null.
 */
export async function searchBack<T>(
  store: Pick<Store, 'read'>,
  { after, limit }: PageRequest,
  look: Look<T>,
  most = mostRows,
): Promise<SearchPage<T>> {
  const items: T[] = [];
  let from = after;
  for (let searched = depth; ; searched += depth) {
    const part = { after: from, limit: limit - items.length, depth };
    const { next, searchedTo, ...found } = await store.read((tx) => look(tx, part));
    items.push(...found.items);
    if (next === null || items.length === limit) return { items, next, searchedTo: null };
    if (searched >= most) return { items, next, searchedTo };
    from = next;
    await giveWay();
  }
}
