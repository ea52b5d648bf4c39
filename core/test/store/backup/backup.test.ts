import { chmod, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  describeSqlite,
  describeStores,
  placePostgres,
  placeSqlite,
  type StorePlace,
} from '../../../../test/support/stores.ts';
import { backUp } from '../../../src/store/backup/backup.ts';
import { restore } from '../../../src/store/backup/restore.ts';
import { beginRestoring } from '../../../src/store/backup/room.ts';
import { sqliteDialect } from '../../../src/store/dialect.ts';
import { appendEvents } from '../../../src/store/events.ts';
import { readHold } from '../../../src/store/hold.ts';
import { readStoreIdentity } from '../../../src/store/identity.ts';
import { claim } from '../../../src/store/leases.ts';
import { up as foundation } from '../../../src/store/migrations/0001-foundation.ts';
import { createSqliteDialect } from '../../../src/store/sqlite.ts';
import { openStore, type Store } from '../../../src/store/store.ts';

const surroundings = { now: Date.now, random: Math.random };
const programs = { environment: process.env, signal: new AbortController().signal };
const now = Date.parse('2026-03-01T12:00:00Z');
const asked = { ...programs, replace: false, person: 'ops', now };

describeStores('a backup', (place) => {
  let directory: string;
  let file: string;
  const ends: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-backup-'));
    file = join(directory, 'the.backup');
  });
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
    await rm(directory, { recursive: true });
  });

  async function makePlace(make = place): Promise<StorePlace> {
    const at = await make();
    ends.push(() => at.remove());
    return at;
  }

  async function open({ url }: StorePlace): Promise<Store> {
    const store = await openStore(url, surroundings);
    ends.push(() => store.close());
    return store;
  }

  const put = (store: Store, name: string, value: string) =>
    store.transact((tx) => tx.db.insertInto('setting').values({ name, value }).execute());
  const get = async (store: Store, name: string) =>
    (
      await store.read((tx) =>
        tx.db.selectFrom('setting').select('value').where('name', '=', name).executeTakeFirst(),
      )
    )?.value;

  /** A store in use, and its backup; it is closed again. */
  async function backUpOne(value = 'kept'): Promise<StorePlace> {
    const at = await makePlace();
    const store = await openStore(at.url, surroundings);
    await store.transact(readStoreIdentity);
    await put(store, 'mark', value);
    await store.close();
    await backUp(at.url, file, programs);
    return at;
  }

  it('is of one moment, while others write', async () => {
    const at = await makePlace();
    const store = await open(at);
    let writing = true;
    const work = (async () => {
      for (let n = 1; writing; n++) {
        // SQLite answers at once: without this nobody else would have a turn.
        await new Promise(setImmediate);
        await put(store, `left ${n}`, 'x'.repeat(2_000));
        await store.transact(async (tx) => {
          await tx.db
            .insertInto('setting')
            .values({ name: `a ${n}`, value: 'x' })
            .execute();
          await tx.db
            .insertInto('setting')
            .values({ name: `b ${n}`, value: 'x' })
            .execute();
        });
      }
    })();
    await expect.poll(() => get(store, 'b 50')).toBe('x');
    const { bytes } = await backUp(at.url, file, programs);
    writing = false;
    await work;
    expect((await stat(file)).size).toBe(bytes);
    const target = await makePlace();
    await restore(target.url, file, asked);
    const names = (
      await (await open(target)).read((tx) => tx.db.selectFrom('setting').select('name').execute())
    ).map(({ name }) => name);
    const of = (letter: string) =>
      names.filter((name) => name.startsWith(`${letter} `)).map((name) => name.slice(2));
    expect(of('a').length).toBeGreaterThanOrEqual(50);
    expect(of('a').toSorted()).toEqual(of('b').toSorted());
  });

  it('is for its owner alone, and never written over what is there; nothing else is left behind', async () => {
    const before = process.umask(0);
    const at = await backUpOne();
    process.umask(before);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const bytes = await readFile(file);
    await expect(backUp(at.url, file, programs)).rejects.toThrow(`${file} is there already`);
    expect(await readFile(file)).toEqual(bytes);
    expect(await readdir(directory)).toEqual(['the.backup']);
  });

  it('becomes a store with all that it knew, an identity of its own, no leases, and all starts held', async () => {
    const at = await makePlace();
    const store = await open(at);
    const identity = await store.transact(readStoreIdentity);
    const at12 = Date.parse('2026-02-28T12:00:00Z');
    await store.transact(async (tx) => {
      const { id } = await tx.db
        .insertInto('repository')
        .values({ name: 'npmjs', active: 1, fingerprint: 'f' })
        .returning('id')
        .executeTakeFirstOrThrow();
      await claim(tx, 'repository', [id], 'one');
      await tx.db
        .insertInto('node')
        .values({ id: 'one', configuration: 'c', started_at: 1, seen_at: 1 })
        .execute();
      await appendEvents(tx, [{ type: 'artifact.published', subject: 's', data: {} }], at12);
    });
    await backUp(at.url, file, programs);
    const target = await makePlace();
    expect(await restore(target.url, file, asked)).toEqual({ knowsUpTo: at12, kept: undefined });
    const restored = await open(target);
    const found = await restored.read(async (tx) => ({
      identity: await readStoreIdentity(tx),
      repositories: await tx.db
        .selectFrom('repository')
        .select(['name', 'lease_owner', 'lease_until'])
        .execute(),
      nodes: await tx.db.selectFrom('node').selectAll().execute(),
      hold: await readHold(tx),
      audit: await tx.db.selectFrom('audit').select(['action', 'subject', 'person', 'details']).execute(),
    }));
    expect(found).toMatchObject({
      repositories: [{ name: 'npmjs', lease_owner: null, lease_until: null }],
      nodes: [],
      hold: {
        since: now,
        reason: 'this store was restored from a backup and knows nothing after 2026-02-28T12:00:00.000Z',
      },
      audit: [
        {
          action: 'restore',
          subject: 'store',
          person: 'ops',
          details: '{"file":"the.backup","knowsUpTo":"2026-02-28T12:00:00.000Z"}',
        },
      ],
    });
    expect(found.identity).not.toBe(identity);
    expect(found.identity).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('makes no room for itself by itself; asked to, what was there is kept whole', async () => {
    await backUpOne('from the backup');
    const target = await makePlace();
    const old = await openStore(target.url, surroundings);
    await old.transact(readStoreIdentity);
    await put(old, 'mark', 'was there');
    await old.close();
    await expect(restore(target.url, file, asked)).rejects.toThrow(/--replace/);
    const { kept = '' } = await restore(target.url, file, { ...asked, replace: true });
    const store = await open(target);
    expect(await get(store, 'mark')).toBe('from the backup');
    expect(await readKept(store, kept)).toBe('was there');
  });

  async function readKept(store: Store, kept: string): Promise<unknown> {
    if (store.kind === 'sqlite') {
      const database = new DatabaseSync(kept, { readOnly: true });
      ends.push(async () => database.close());
      return database.prepare("select value from setting where name = 'mark'").get()?.['value'];
    }
    const aside = kept.replace('the schema ', '');
    return (
      await store.read((tx) =>
        tx.db
          .withSchema(aside)
          .selectFrom('setting')
          .select('value')
          .where('name', '=', 'mark')
          .executeTakeFirst(),
      )
    )?.value;
  }

  it('is not restored under a server that runs', async () => {
    const at = await backUpOne();
    const store = await open(at);
    await expect(restore(at.url, file, { ...asked, replace: true })).rejects.toThrow(/server.*stop/);
    expect(await get(store, 'mark')).toBe('kept');
  });

  it('of the other kind of store is refused in words', async () => {
    const at = await backUpOne();
    const isSqlite = at.url.startsWith('sqlite:');
    const other = await makePlace(isSqlite ? placePostgres : placeSqlite);
    const [own, wanted] = isSqlite ? ['SQLite', 'PostgreSQL'] : ['PostgreSQL', 'SQLite'];
    await expect(restore(other.url, file, asked)).rejects.toThrow(
      `${file} is the backup of a ${own} store, and "store:" says ${wanted}`,
    );
  });

  it('that is cut off, or none, is refused, and what was there stays', async () => {
    await backUpOne();
    const target = await makePlace();
    const old = await openStore(target.url, surroundings);
    await put(old, 'mark', 'was there');
    await old.close();
    const replacing = { ...asked, replace: true };
    await writeFile(join(directory, 'words'), 'this is no backup\n');
    await expect(restore(target.url, join(directory, 'words'), replacing)).rejects.toThrow(
      /words is no backup/,
    );
    await expect(restore(target.url, join(directory, 'missing'), replacing)).rejects.toThrow(
      /missing cannot be read/,
    );
    await truncate(file, (await stat(file)).size - 5_000);
    await expect(restore(target.url, file, replacing)).rejects.toThrow();
    const store = await open(target);
    expect(await get(store, 'mark')).toBe('was there');
    expect(await store.read(readHold)).toBeUndefined();
  });

  it('of a newer program is refused, and what was there stays', async () => {
    const at = await makePlace();
    const store = await openStore(at.url, surroundings);
    const newer = { name: '9999-future', timestamp: '2030-01-01' };
    await store.transact((tx) =>
      tx.db
        .insertInto('kysely_migration' as never)
        .values(newer as never)
        .execute(),
    );
    await store.close();
    await backUp(at.url, file, programs);
    const target = await makePlace();
    const old = await openStore(target.url, surroundings);
    await put(old, 'mark', 'was there');
    await old.close();
    await expect(restore(target.url, file, { ...asked, replace: true })).rejects.toThrow(
      /newer Sluice.*9999-future/,
    );
    expect(await get(await open(target), 'mark')).toBe('was there');
  });

  it('needs a store', async () => {
    const url = (await makePlace()).url.startsWith('sqlite:')
      ? `sqlite:${join(directory, 'none.db')}`
      : await emptyDatabase();
    await expect(backUp(url, file, programs)).rejects.toThrow(/there is no store .*yet: nothing to back up/);
    expect(await readdir(directory)).toEqual([]);
  });

  async function emptyDatabase(): Promise<string> {
    const at = await makePlace(placePostgres);
    const client = new pg.Client({ connectionString: at.url });
    await client.connect();
    await client.query('drop schema public cascade; create schema public');
    await client.end();
    return at.url;
  }
});

describeSqlite('a backup', (place) => {
  it('of an older program is brought up to date', async () => {
    const at = await place();
    const path = at.url.slice('sqlite:'.length);
    const db = new Kysely<unknown>({ dialect: createSqliteDialect(path) });
    const first = { '0001-foundation': { up: (old: Kysely<unknown>) => foundation(old, sqliteDialect) } };
    await new Migrator({ db, provider: { getMigrations: async () => first } }).migrateToLatest();
    await db.destroy();
    const file = join(dirname(path), 'old.backup');
    await backUp(at.url, file, programs);
    const other = await place();
    expect(await restore(other.url, file, asked)).toEqual({ knowsUpTo: undefined, kept: undefined });
    const store = await openStore(other.url, surroundings);
    expect((await store.read(readHold))?.reason).toBe(
      'this store was restored from a backup and knows nothing',
    );
    await store.close();
    const left = await readdir(dirname(other.url.slice('sqlite:'.length)));
    expect(left.toSorted()).toEqual(['sluice.db', 'sluice.db.lock']);
    await at.remove();
    await other.remove();
  });

  it('of a damaged store fails, and leaves no file', async () => {
    const at = await place();
    const path = at.url.slice('sqlite:'.length);
    await (await openStore(at.url, surroundings)).close();
    await truncate(path, 8_192);
    await chmod(path, 0o600);
    const file = join(dirname(path), 'the.backup');
    await expect(backUp(at.url, file, programs)).rejects.toThrow(`${path} cannot be read as a store: `);
    expect((await readdir(dirname(path))).filter((name) => name.includes('backup'))).toEqual([]);
    await at.remove();
  });
});

it('whose restore into PostgreSQL was not finished is no store to begin with', async () => {
  const at = await placePostgres();
  const client = new pg.Client({ connectionString: at.url });
  await client.connect();
  await beginRestoring(client, 'public');
  await client.end();
  await expect(openStore(at.url, surroundings)).rejects.toThrow(
    /was not finished: do it again, with "sluice restore --replace FILE"/,
  );
  await at.remove();
});

it('of a PostgreSQL store says what is missing where its programs are', async () => {
  const nowhere = { ...programs, environment: { PATH: '/nowhere' } };
  const at = await placePostgres();
  const file = join(tmpdir(), `sluice-none-${process.pid}.backup`);
  await expect(backUp(at.url, file, nowhere)).rejects.toThrow(
    /no pg_dump on this machine's PATH: install .*postgresql-client/,
  );
  await at.remove();
});
