import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeExposed, findExposed } from '../../src/store/exposed.ts';
import { placeOf, takeNodePlace } from '../../src/store/nodes.ts';
import { openStore } from '../../src/store/store.ts';

const surroundings = { now: Date.now, random: Math.random };

/** A new folder, and a umask that takes nothing away until the test is over. */
function openHandedly(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-rights-'));
  const before = process.umask(0);
  onTestFinished(() => {
    process.umask(before);
    rmSync(directory, { recursive: true });
  });
  return directory;
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

function readModes(directory: string): Readonly<Record<string, string>> {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(paths.map((path) => [path, modeOf(join(directory, path)).toString(8)]));
}

describe('what a server writes', () => {
  it('is for its owner alone, whatever the umask: the store, what SQLite puts beside it, locks, .sluice/', async () => {
    const directory = openHandedly();
    const place = takeNodePlace(directory);
    const store = await openStore(`sqlite:${join(directory, 'sluice.db')}`, surroundings);
    await store.transact((tx) => tx.db.insertInto('setting').values({ name: 'a', value: 'b' }).execute());
    const modes = readModes(directory);
    await store.close();
    place.release();
    expect(modes).toMatchObject({
      'sluice.db': '600',
      'sluice.db-wal': '600',
      'sluice.db-shm': '600',
      'sluice.db.lock': '600',
      '.sluice': '700',
      '.sluice/jobs': '700',
      '.sluice/lock': '600',
      '.sluice/node-id': '600',
      '.sluice/callback-key.pem': '600',
    });
    expect(findExposed(placeOf(directory), join(directory, 'sluice.db'))).toEqual([]);
  });

  it('is so for the copy before a migration, too', async () => {
    const directory = openHandedly();
    const url = `sqlite:${join(directory, 'sluice.db')}`;
    const store = await openStore(url, surroundings);
    await store.transact((tx) => sql`delete from kysely_migration where name = '0007-pages'`.execute(tx.db));
    await store.close();
    // Its tables are there already: the migration fails, after the copy.
    await expect(openStore(url, surroundings)).rejects.toThrow('could not be brought up to date');
    const [copy = ''] = readdirSync(directory).filter((name) => name.endsWith('.backup'));
    expect(modeOf(join(directory, copy))).toBe(0o600);
  });
});

describe('what others may read', () => {
  it('is found, and said with the line to type', () => {
    const directory = openHandedly();
    const place = placeOf(directory);
    mkdirSync(join(place, 'jobs'), { recursive: true });
    for (const name of ['sluice.db', 'sluice.db-wal', "sluice.db.it's old", 'sluice.yaml'])
      writeFileSync(join(directory, name), '');
    for (const [name, mode] of [
      ['node-id', 0o640],
      ['lock', 0o600],
    ] as const)
      writeFileSync(join(place, name), '', { mode });
    const exposed = findExposed(place, join(directory, 'sluice.db'));
    const at = (name: string) => join(directory, name);
    expect(exposed.toSorted()).toEqual(
      [
        at('.sluice'),
        at('.sluice/jobs'),
        at('.sluice/node-id'),
        at('sluice.db'),
        at('sluice.db-wal'),
        at("sluice.db.it's old"),
      ].toSorted(),
    );
    expect(describeExposed([at('sluice.db'), at("sluice.db.it's old")])).toBe(
      `others on this machine can read or change what only Sluice should; type: chmod go= ${at('sluice.db')} '${directory}/sluice.db.it'\\''s old'`,
    );
  });

  it('is nothing where a folder may only be passed, for jobs of other users', () => {
    const directory = openHandedly();
    const place = placeOf(directory);
    mkdirSync(join(place, 'jobs'), { recursive: true, mode: 0o711 });
    chmodSync(place, 0o711);
    expect(findExposed(place, undefined)).toEqual([]);
    expect(describeExposed([])).toBeUndefined();
  });

  it('is nothing where there is nothing yet', () => {
    const directory = openHandedly();
    expect(findExposed(placeOf(directory), join(directory, 'there/sluice.db'))).toEqual([]);
  });
});
