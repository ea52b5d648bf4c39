import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeContract, type StorePlace } from '../../../test/support/stores.ts';
import { appendAudit, listAudit, type NewAudit } from '../../src/store/audit.ts';
import { openStore, type Store } from '../../src/store/store.ts';

describeContract('the audit log', (place) => {
  let at: StorePlace;
  let store: Store;
  beforeEach(async () => {
    at = await place();
    store = await openStore(at.url, { now: Date.now, random: Math.random });
  });
  afterEach(async () => {
    await store.close();
    await at.remove();
  });

  const entry = (subject: string, actor = 'ci'): NewAudit => ({
    ...{ actor, person: 'bob', action: 'trigger', subject, from: '192.0.2.1', details: { materials: { 'npmjs/a': '1.0.0' } } },
  });
  const append = (...entries: readonly NewAudit[]) =>
    store.transact(async (tx) => {
      for (const [index, one] of entries.entries()) await appendAudit(tx, one, 1_000 + index);
    });
  const subjectsOf = async (filter: { readonly subject?: string; readonly actor?: string }) =>
    (await store.transact((tx) => listAudit(tx, { ...filter, limit: 10 }))).items.map(({ subject }) => subject);

  it('says who did what, from where, when', async () => {
    await append({ ...entry('acceptance/17'), from: null });
    const { items } = await store.transact((tx) => listAudit(tx, { limit: 10 }));
    expect(items).toEqual([{ ...entry('acceptance/17'), id: expect.any(Number), at: 1_000, from: null }]);
  });

  it('comes newest first, in parts', async () => {
    await append(entry('a'), entry('b'), entry('c'));
    const first = await store.transact((tx) => listAudit(tx, { limit: 2 }));
    const rest = await store.transact((tx) => listAudit(tx, { limit: 2, after: first.next ?? 0 }));
    expect([...first.items, ...rest.items].map(({ subject }) => subject)).toEqual(['c', 'b', 'a']);
    expect(rest.next).toBeNull();
  });

  it('is searched by what something was done to, all that is below it included, and by who did it', async () => {
    await append(entry('web'), entry('web/1'), entry('web/1/smoke', 'alice'), entry('web-2/1'), entry('web.x'), entry('we'));
    expect(await subjectsOf({ subject: 'web' })).toEqual(['web/1/smoke', 'web/1', 'web']);
    expect(await subjectsOf({ subject: 'web/1' })).toEqual(['web/1/smoke', 'web/1']);
    expect(await subjectsOf({ actor: 'alice' })).toEqual(['web/1/smoke']);
    expect(await subjectsOf({ actor: 'alice', subject: 'web-2' })).toEqual([]);
  });

  it.each([
    ['changed', sql`update audit set actor = 'mallory'`],
    ['deleted', sql`delete from audit`],
    ['deleted one by one', sql`delete from audit where id in (select id from audit)`],
  ])('cannot be %s', async (_, statement) => {
    await append(entry('a'));
    await expect(store.transact((tx) => statement.execute(tx.db))).rejects.toThrow('append-only');
    expect(await subjectsOf({})).toEqual(['a']);
  });

  it('keeps nothing of a transaction that is rolled back', async () => {
    const failing = store.transact(async (tx) => {
      await appendAudit(tx, entry('a'), 1_000);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await subjectsOf({})).toEqual([]);
  });
});
