import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { searchBack } from '../../src/api/search-back.ts';
import { appendAudit, listAudit } from '../../src/store/audit.ts';
import { openScratchStore, type Store } from '../../src/store/store.ts';

const entries = 12_000;

describe('a search back through a long list', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openScratchStore();
    await store.transact(async (tx) => {
      for (let index = 0; index < entries; index++) {
        const subject = index % 6_000 === 0 ? `rare/${index}` : 'common';
        await appendAudit(
          tx,
          { actor: 'a', person: 'a', action: 'poll', subject, from: null, details: {} },
          index,
        );
      }
    });
  });
  afterEach(() => store.close());

  const search = (request: { readonly limit: number; readonly after?: number }, most?: number) =>
    searchBack(store, request, (tx, part) => listAudit(tx, { subject: 'rare', ...part }), most);

  it('goes on until the page is full', async () => {
    const first = await search({ limit: 1 });
    expect(first).toMatchObject({ items: [{ subject: 'rare/6000' }], searchedTo: null });
    expect(await search({ limit: 1, after: first.next ?? 0 })).toMatchObject({
      items: [{ subject: 'rare/0' }],
    });
  });

  it('goes on to the end, and then has nothing more', async () => {
    expect(await search({ limit: 9 })).toMatchObject({
      items: [{ subject: 'rare/6000' }, { subject: 'rare/0' }],
      next: null,
      searchedTo: null,
    });
  });

  it('ends after so much, says how far it came, and goes on from there', async () => {
    const first = await search({ limit: 9 }, 5_000);
    expect(first).toMatchObject({ items: [], searchedTo: 7_000 });
    const second = await search({ limit: 9, after: first.next ?? 0 }, 5_000);
    expect(second).toMatchObject({ items: [{ subject: 'rare/6000' }], searchedTo: 2_000 });
    expect(await search({ limit: 9, after: second.next ?? 0 }, 5_000)).toMatchObject({
      items: [{ subject: 'rare/0' }],
      next: null,
    });
  });

  it('lets others have the store in between', async () => {
    let others = 0;
    const searching = search({ limit: 9 });
    for (let turn = 0; turn < 2; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      await store.read(async () => others++);
    }
    expect(others).toBe(2);
    expect((await searching).items).toHaveLength(2);
  });
});
