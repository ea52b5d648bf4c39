import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMessage, generateKey, type PrivateKey, sign } from 'openpgp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openRepository, versionsOf } from './support/repository.ts';
import { type ServedRepository, serveRepository } from './support/served.ts';

const repomd = 'repodata/repomd.xml';
const signature = `${repomd}.asc`;

let directory: string;
let key: PrivateKey;
let stranger: PrivateKey;
let served: ServedRepository;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-key-'));
  const make = async () => (await generateKey({ userIDs: [{ name: 'Acme' }], format: 'object' })).privateKey;
  [key, stranger] = await Promise.all([make(), make()]);
  await writeFile(join(directory, 'key.asc'), key.toPublic().armor());
  await writeFile(join(directory, 'key.gpg'), key.toPublic().write());
});
afterAll(() => rm(directory, { recursive: true, force: true }));
beforeEach(async () => {
  served = await serveRepository();
  served.publish([{ version: '1.0' }]);
  served.documents.set('KEY', key.toPublic().armor());
});
afterEach(() => served?.[Symbol.asyncDispose]());

async function signWith(
  signingKeys: PrivateKey,
  text = String(served.documents.get(repomd)),
): Promise<string> {
  const message = await createMessage({ binary: Buffer.from(text) });
  return String(await sign({ message, signingKeys, detached: true, format: 'armored' }));
}

describe('a repository whose repomd.xml must be signed', () => {
  it.each([
    ['an armored file', () => join(directory, 'key.asc')],
    ['a binary file', () => join(directory, 'key.gpg')],
    ['a file URL', () => `file://${directory}/key.asc`],
    ['a URL', () => `${served.url}KEY`],
  ])('is read when it is, with the key from %s', async (_, gpgKey) => {
    served.documents.set(signature, await signWith(key));
    await using opened = openRepository({ url: served.url, gpgKey: gpgKey() });
    await opened.check();
    expect(versionsOf(await opened.poll(['pad']), 'pad')).toEqual(['pad-1.0-1.noarch']);
  });

  it.each([
    ['is missing', async () => undefined],
    ['is by somebody else', () => signWith(stranger)],
    ['is of something else', () => signWith(key, 'something else')],
    ['is no signature', async () => 'not today'],
  ])('is not trusted when the signature %s', async (_, make) => {
    const made = await make();
    if (made !== undefined) served.documents.set(signature, made);
    await using opened = openRepository({ url: served.url, gpgKey: join(directory, 'key.asc') });
    await expect(opened.poll(['pad'])).rejects.toMatchObject({ code: 'UNTRUSTED' });
    await expect(opened.check()).rejects.toMatchObject({ code: 'UNTRUSTED' });
    expect(served.asked()).not.toContain('repodata/primary.xml');
  });

  it('is read again when the signature is not there yet, since it is written after repomd.xml', async () => {
    const later = await signWith(key);
    let asked = 0;
    served.documents.set(signature, () => (++asked === 1 ? { status: 404 } : { body: later }));
    await using opened = openRepository({ url: served.url, gpgKey: join(directory, 'key.asc') });
    expect(versionsOf(await opened.poll(['pad']), 'pad')).toEqual(['pad-1.0-1.noarch']);
  });

  it('is a mistake of the configuration when the key is a pipe or a device, which nobody waits for', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const gpgKey of [pipe, '/dev/zero', directory]) {
      await using opened = openRepository({ url: served.url, gpgKey });
      await expect(opened.poll(['pad'])).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    }
  });

  it('is a mistake of the configuration when the key is none', async () => {
    served.documents.set(signature, await signWith(key));
    served.documents.set('KEY', 'not a key');
    await using opened = openRepository({ url: served.url, gpgKey: `${served.url}KEY` });
    await expect(opened.poll(['pad'])).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
