import { mkdir, mkdtemp, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digest, withChecksum, writeMetadata } from './support/documents.ts';
import { cursorOf, openRepository, versionsOf } from './support/repository.ts';

let root: string;
let url: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice maven-'));
  url = pathToFileURL(join(root, 'repository')).href;
  await mkdir(join(root, 'repository'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(documents: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(documents)) {
    const file = join(root, 'repository/com/acme/left-pad', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

describe('a repository that is a directory', () => {
  it('is read, told apart by its bytes, and described', async () => {
    await using repository = openRepository({ url });
    await write(withChecksum('maven-metadata.xml', writeMetadata(['1.0'])));
    const first = await repository.poll();
    expect(first).toMatchObject({
      revisions: [{ version: '1.0', location: `${url}/com/acme/left-pad/1.0/left-pad-1.0.jar` }],
    });
    expect(await repository.poll({}, cursorOf(first))).toMatchObject({ unchanged: true });
    await write(withChecksum('maven-metadata.xml', writeMetadata(['1.0', '1.1'])));
    expect(versionsOf(await repository.poll({}, cursorOf(first)))).toEqual(['1.0', '1.1']);

    await write(withChecksum('1.0/left-pad-1.0.jar', 'bytes', 'sha256'));
    await utimes(
      join(root, 'repository/com/acme/left-pad/1.0/left-pad-1.0.jar'),
      1_767_268_800,
      1_767_268_800,
    );
    expect(await repository.describe({}, ['1.0', '1.1'])).toMatchObject([
      { digests: { sha256: digest('sha256', 'bytes') }, publishedAt: 1_767_268_800_000 },
      'absent',
    ]);
  });

  it('is UNTRUSTED where a checksum does not match', async () => {
    await using repository = openRepository({ url });
    await write({
      'maven-metadata.xml': writeMetadata(['1.0']),
      'maven-metadata.xml.sha1': digest('sha1', 'other'),
    });
    expect(await repository.poll()).toMatchObject({ problem: { code: 'UNTRUSTED' } });
  });

  it('is checked by looking whether the directory is there', async () => {
    await using repository = openRepository({ url });
    await expect(repository.check()).resolves.toBeUndefined();
    await rm(join(root, 'repository'), { recursive: true });
    await expect(repository.check()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await writeFile(join(root, 'repository'), '');
    await expect(repository.check()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await repository.poll()).toMatchObject({ problem: { code: 'NOT_FOUND' } });
  });

  it('gives what is too large, or on another machine, a code', async () => {
    await using repository = openRepository({ url });
    await write({ 'maven-metadata.xml': '' });
    await truncate(join(root, 'repository/com/acme/left-pad/maven-metadata.xml'), 17 * 1024 * 1024);
    expect(await repository.poll()).toMatchObject({ problem: { code: 'TOO_LARGE' } });
    await using elsewhere = openRepository({ url: 'file://other.example/repository' });
    await expect(elsewhere.check()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('leads nowhere else by the names of versions', async () => {
    await using repository = openRepository({ url });
    const versions = ['..', '../..', '%2e%2e', '..%2f..', 'a/../../b', '\\..\\', '.', ''];
    for (const described of await repository.describe({}, versions)) {
      expect(
        described === 'absent' ||
          (described instanceof Error && 'code' in described && described.code === 'MALFORMED'),
      ).toBe(true);
    }
  });
});
