import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type FaultyServer, startFaultyServer } from '@sluice/plugin-sdk/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeMetadata } from './support/documents.ts';
import { openRepository } from './support/repository.ts';

const password = 'not-for-everyone';
let server: FaultyServer;
let home: string;

beforeEach(async () => {
  server = await startFaultyServer();
  server.answer('/com/acme/left-pad/maven-metadata.xml', { body: writeMetadata(['1.0']) });
  home = await mkdtemp(join(tmpdir(), 'sluice-maven-'));
});
afterEach(async () => {
  await server.close();
  await rm(home, { recursive: true, force: true });
});

async function writeSettings(file: string, ...servers: readonly string[]): Promise<void> {
  await mkdir(dirname(join(home, file)), { recursive: true });
  const inner = servers.map((one) => `<server>${one}</server>`).join('');
  await writeFile(
    join(home, file),
    `<settings xmlns="http://maven.apache.org/SETTINGS/1.2.0"><servers>${inner}</servers></settings>`,
  );
}

const nexus = (word: string) => `<id>nexus</id><username>alice</username><password>${word}</password>`;
const basic = (word: string) => `Basic ${Buffer.from(`alice:${word}`).toString('base64')}`;

/** What a repository with these settings sends, and what it masks. */
async function prove(settings: object, environment: Readonly<Record<string, string>> = { HOME: home }) {
  await using repository = openRepository(
    { url: server.origin, ...settings },
    { environment, directory: home },
  );
  const answer = await repository.poll();
  return { sent: server.requests.at(-1)?.headers.authorization, secrets: repository.secrets, answer };
}

describe('credentials', () => {
  it('are a token, or a name and a password', async () => {
    expect((await prove({ token: password })).sent).toBe(`Bearer ${password}`);
    expect((await prove({ username: 'alice', password })).sent).toBe(basic(password));
    expect((await prove({})).sent).toBeUndefined();
  });

  it("are those of a server in the user's settings.xml, and are masked from then on", async () => {
    await writeSettings(
      '.m2/settings.xml',
      '<id>other</id><username>bob</username><password>x</password>',
      nexus(` ${password} `),
    );
    expect(await prove({ server: 'nexus' })).toMatchObject({ sent: basic(password), secrets: [password] });
  });

  it('are those of another file, from the directory of the server', async () => {
    await writeSettings('ci/settings.xml', nexus(password));
    expect((await prove({ server: 'nexus', settings: 'ci/settings.xml' }, {})).sent).toBe(basic(password));
  });

  it('are read anew for each question', async () => {
    await writeSettings('.m2/settings.xml', nexus('first-password'));
    await using repository = openRepository(
      { url: server.origin, server: 'nexus' },
      { environment: { HOME: home } },
    );
    await repository.poll();
    await writeSettings('.m2/settings.xml', nexus('second-password'));
    await repository.poll();
    expect(new Set(server.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set([basic('first-password'), basic('second-password')]),
    );
  });

  it('may be in an environment variable that settings.xml names, with braces escaped as Maven wants them', async () => {
    await writeSettings('.m2/settings.xml', nexus('${env.MAVEN_WORD}'));
    expect((await prove({ server: 'nexus' }, { HOME: home, MAVEN_WORD: password })).sent).toBe(
      basic(password),
    );
    await writeSettings('.m2/settings.xml', nexus('a\\{b\\}c-long'));
    expect((await prove({ server: 'nexus' })).sent).toBe(basic('a{b}c-long'));
  });

  it.each([
    ['are encrypted', nexus('{COQLCE6DU6GtcS5P=}'), 'has an encrypted password for the server "nexus"'],
    [
      'are encrypted, with words around',
      nexus('expires soon {COQLCE6DU6GtcS5P=}'),
      'has an encrypted password',
    ],
    ['have another id', '<id>other</id>', 'has no <server> with the id "nexus"'],
    ['have no password', '<id>nexus</id><username>alice</username>', 'use the setting "token"'],
    [
      'refer to what is not there',
      nexus('${env.SECRET_WORD}'),
      'refers to ${env.SECRET_WORD}, which is not set or does not reach plugins',
    ],
  ])('that %s are refused in words', async (_, entry, message) => {
    await writeSettings('.m2/settings.xml', entry);
    await expect(prove({ server: 'nexus' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(message),
    });
    expect(server.requests).toEqual([]);
  });

  it('that are nowhere are refused in words', async () => {
    await expect(prove({ server: 'nexus' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('cannot be read (ENOENT)'),
    });
    await expect(prove({ server: 'nexus' }, {})).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('there is no HOME'),
    });
    await writeFile(join(home, 'broken.xml'), '<settings>');
    await expect(prove({ server: 'nexus', settings: 'broken.xml' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});
