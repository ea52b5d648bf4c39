import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeContract, type StorePlace } from '../../../test/support/stores.ts';
import { type AuditFilter, appendAudit, listAudit, type NewAudit } from '../../src/store/audit.ts';
import type { SearchRequest } from '../../src/store/search.ts';
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
    actor,
    person: 'bob',
    action: 'trigger',
    subject,
    from: '192.0.2.1',
    details: { materials: { 'npmjs/a': '1.0.0' } },
  });
  const append = (...entries: readonly NewAudit[]) =>
    store.transact(async (tx) => {
      for (const [index, one] of entries.entries()) await appendAudit(tx, one, 1_000 + index);
    });
  const list = (filter: AuditFilter & Partial<SearchRequest>) =>
    store.transact((tx) => listAudit(tx, { limit: 10, depth: 1_000, ...filter }));
  const subjectsOf = async (filter: AuditFilter) => (await list(filter)).items.map(({ subject }) => subject);

  it('says who did what, from where, when', async () => {
    await append({ ...entry('acceptance/17'), from: null });
    const { items } = await list({});
    expect(items).toEqual([{ ...entry('acceptance/17'), id: expect.any(Number), at: 1_000, from: null }]);
  });

  it('comes newest first, in parts', async () => {
    await append(entry('a'), entry('b'), entry('c'));
    const first = await list({ limit: 2 });
    const rest = await list({ limit: 2, after: first.next ?? 0 });
    expect([...first.items, ...rest.items].map(({ subject }) => subject)).toEqual(['c', 'b', 'a']);
    expect(rest.next).toBeNull();
  });

  it('is searched by any fragment of what something was done to, of the action and of who did it', async () => {
    await append(
      entry('web'),
      entry('web/1'),
      entry('web/1/smoke', 'Alice'),
      { ...entry('intraweb'), action: 'approve' },
      entry('we'),
    );
    expect(await subjectsOf({ subject: 'eb/' })).toEqual(['web/1/smoke', 'web/1']);
    expect(await subjectsOf({ subject: 'WEB' })).toEqual(['intraweb', 'web/1/smoke', 'web/1', 'web']);
    expect(await subjectsOf({ action: 'prov' })).toEqual(['intraweb']);
    expect(await subjectsOf({ person: 'lic' })).toEqual(['web/1/smoke']);
    expect(await subjectsOf({ person: 'bob', action: 'trigger', subject: 'smoke' })).toEqual(['web/1/smoke']);
    expect(await subjectsOf({ person: 'lic', subject: 'intra' })).toEqual([]);
  });

  it('is searched by words, each anywhere: in the person, the action, the subject or a detail', async () => {
    await append(entry('web/1', 'Alice'), {
      ...entry('web/2'),
      action: 'approve',
      details: { comment: 'seen on 2.0.0' },
    });
    expect(await subjectsOf({ words: ['web'] })).toEqual(['web/2', 'web/1']);
    expect(await subjectsOf({ words: ['lic', 'trig'] })).toEqual(['web/1']);
    expect(await subjectsOf({ words: ['2.0.0'] })).toEqual(['web/2']);
    expect(await subjectsOf({ words: ['lic', 'prov'] })).toEqual([]);
    expect(await list({ words: ['lic'], depth: 1 })).toMatchObject({ items: [], searchedTo: 1_001 });
  });

  it('takes a fragment for what it says, not for a pattern', async () => {
    await append(entry('a%b'), entry('a_b'), entry('a\\b'), entry('axb'));
    expect(await subjectsOf({ subject: 'a%' })).toEqual(['a%b']);
    expect(await subjectsOf({ subject: '_' })).toEqual(['a_b']);
    expect(await subjectsOf({ subject: '\\' })).toEqual(['a\\b']);
  });

  it('is searched by the whole name of a token', async () => {
    await append(entry('a', 'ci'), entry('b', 'ci-2'));
    expect(await subjectsOf({ actor: 'ci' })).toEqual(['a']);
  });

  it('is searched by time, from a moment to before another', async () => {
    await append(entry('0'), entry('1'), entry('2'), entry('3'));
    expect(await subjectsOf({ since: 1_001, until: 1_003 })).toEqual(['2', '1']);
    expect(await subjectsOf({ since: 1_003 })).toEqual(['3']);
    expect(await subjectsOf({ until: 1_000, subject: '0' })).toEqual([]);
  });

  it('comes in the order of time where a clock went back', async () => {
    await append(entry('early'), entry('late'));
    await store.transact((tx) => appendAudit(tx, entry('between'), 1_000));
    const first = await list({ limit: 2 });
    const rest = await list({ limit: 2, after: first.next ?? 0 });
    expect([...first.items, ...rest.items].map(({ subject }) => subject)).toEqual([
      'late',
      'between',
      'early',
    ]);
  });

  it('is searched a part at a time, and each part says how far it looked', async () => {
    await append(entry('rare'), ...Array.from({ length: 8 }, (_, index) => entry(`common/${index}`)));
    const first = await list({ subject: 'rare', depth: 5 });
    expect(first).toMatchObject({ items: [], searchedTo: 1_004, next: expect.any(Number) });
    const second = await list({ subject: 'rare', depth: 5, after: first.next ?? 0 });
    expect(second).toMatchObject({ items: [{ subject: 'rare' }], searchedTo: null, next: null });
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
