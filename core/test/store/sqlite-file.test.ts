import { copyFile, mkdir, mkdtemp, open, rm, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStoreIdentity } from '../../src/store/identity.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { StoreMemory } from '../../src/store/store-memory.ts';

describe('a SQLite store that a directory remembers', () => {
  let directory: string;
  let file: string;
  let memory: StoreMemory;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-file-'));
    file = join(directory, 'sluice.db');
    await mkdir(join(directory, '.sluice'));
    memory = new StoreMemory(join(directory, '.sluice'));
    const store = await openHere();
    await fill(store);
    memory.note(`sqlite:${file}`, { identity: await store.transact(readStoreIdentity), closed: true });
    await store.close();
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const openHere = () => openStore(`sqlite:${file}`, { now: Date.now, random: Math.random, memory });
  const fill = (store: Store) =>
    store.transact(async (tx) => {
      for (let name = 0; name < 500; name++)
        await tx.db
          .insertInto('repository')
          .values({ name: `${name}`.repeat(50), active: 1, fingerprint: 'f' })
          .execute();
    });

  it('is opened as it was left', async () => {
    const store = await openHere();
    expect(await store.transact(readStoreIdentity)).toBe(memory.recall(`sqlite:${file}`)?.identity);
    await store.close();
  });

  for (const [how, harm, says] of [
    ['is gone', () => unlink(file), 'gone'],
    ['was emptied', () => truncate(file), 'empty'],
    ['has another beginning', () => overwrite(0, 100), 'damaged'],
    ['lost its end', async () => truncate(file, Math.floor((await stat(file)).size / 2)), 'damaged'],
    ['has a page of garbage', () => overwrite(4096 * 20, 4096), 'damaged'],
  ] as const) {
    it(`is refused in words where it ${how}, and not touched`, async () => {
      await harm();
      const before = await stat(file).catch(() => undefined);
      const refused = expect(openHere()).rejects;
      await refused.toThrow(new RegExp(`^the store ${file} is ${says}.*sluice restore`));
      expect((await stat(file).catch(() => undefined))?.size).toBe(before?.size);
    });
  }

  it('begins anew where the memory is taken away', async () => {
    await unlink(file);
    await unlink(memory.file);
    const store = await openHere();
    await store.close();
  });

  it('is refused where the log of its newest transactions is gone, and taken where another was put in its place', async () => {
    const address = `sqlite:${file}`;
    const identity = memory.recall(address)?.identity ?? '';
    const store = await openHere();
    memory.note(address, { identity, closed: false });
    await empty(store);
    // As a server leaves it that is killed.
    await copyFile(file, `${file}.killed`);
    await store.close();
    await copyFile(`${file}.killed`, file);
    await expect(openHere()).rejects.toThrow(`${file}-wal is gone`);

    memory.note(address, { identity: 'another', closed: false });
    const other = await openHere();
    await other.close();
  });

  const empty = (store: Store) => store.transact((tx) => tx.db.deleteFrom('repository').execute());

  async function overwrite(from: number, length: number): Promise<void> {
    await using handle = await open(file, 'r+');
    await handle.write(Buffer.alloc(length, 0x5a), 0, length, from);
  }
});

describe('a file that is no store', () => {
  it('is refused in words', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-file-'));
    await writeFile(join(directory, 'sluice.db'), 'something else that somebody wrote');
    const opening = openStore(`sqlite:${join(directory, 'sluice.db')}`, {
      now: Date.now,
      random: Math.random,
    });
    await expect(opening).rejects.toThrow(/sluice\.db is damaged \(file is not a database\)/);
    await rm(directory, { recursive: true });
  });
});
