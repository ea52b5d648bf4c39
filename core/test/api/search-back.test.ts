import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Look, searchBack } from '../../src/api/search-back.ts';
import { type Audit, appendAudit, listAudit } from '../../src/store/audit.ts';
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

  const search = (request: { readonly limit: number; readonly after?: number }, rows = 250_000) => {
    const look: Look<Audit> = (tx, part) => listAudit(tx, { subject: 'rare', ...part });
    return searchBack({ store, now: () => 0 }, request, look, { rows, ms: 1 });
  };

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

  it('ends when its time is over, says how far it came, and goes on from there', async () => {
    let clock = 0;
    const look: Look<Audit> = (tx, part) => listAudit(tx, { subject: 'rare', ...part });
    const slow = { store, now: () => (clock += 10) };
    const first = await searchBack(slow, { limit: 9 }, look, { rows: 250_000, ms: 10 });
    expect(first).toMatchObject({ items: [], searchedTo: 7_000 });
    expect(await search({ limit: 1, after: first.next ?? 0 })).toMatchObject({
      items: [{ subject: 'rare/6000' }],
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
