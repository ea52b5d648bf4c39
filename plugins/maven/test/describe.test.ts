import { type FaultyServer, type ScriptedAnswer, startFaultyServer } from '@sluice/plugin-sdk/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digest } from './support/documents.ts';
import { type OpenedRepository, openRepository } from './support/repository.ts';

const jar = '/com/acme/left-pad/1.0/left-pad-1.0.jar';
const pomPath = '/com/acme/left-pad/1.0/left-pad-1.0.pom';
let server: FaultyServer;
let repository: OpenedRepository;

beforeEach(async () => {
  server = await startFaultyServer();
  repository = openRepository({ url: server.origin });
});
afterEach(async () => {
  await repository[Symbol.asyncDispose]();
  await server.close();
});

function servePom(inner: string): void {
  server.answer(jar, { body: 'bytes' });
  server.answer(pomPath, { body: `<project xmlns="http://maven.apache.org/POM/4.0.0">${inner}</project>` });
}

async function describeOne(): Promise<unknown> {
  const [described] = await repository.describe({}, ['1.0']);
  return described;
}

describe('describing a version', () => {
  it('tells every digest that is served, and when the file came', async () => {
    server.answer(jar, { headers: { 'last-modified': 'Thu, 01 Jan 2026 12:00:00 GMT' }, body: 'bytes' });
    server.answer(`${jar}.sha512`, { body: `${digest('sha512', 'bytes').toUpperCase()}  left-pad-1.0.jar` });
    server.answer(`${jar}.sha1`, { body: digest('sha1', 'bytes') });
    server.answer(`${jar}.md5`, { body: '' });
    expect(await describeOne()).toEqual({
      version: '1.0',
      location: `${server.origin}${jar}`,
      purl: 'pkg:maven/com.acme/left-pad@1.0',
      data: { GROUP_ID: 'com.acme', ARTIFACT_ID: 'left-pad', VERSION: '1.0', PACKAGING: 'jar' },
      digests: { sha512: digest('sha512', 'bytes'), sha1: digest('sha1', 'bytes') },
      publishedAt: Date.UTC(2026, 0, 1, 12),
    });
    expect(server.requests.filter(({ path }) => path === jar).map(({ method }) => method)).toEqual(['HEAD']);
  });

  it('says so where no checksum is served', async () => {
    server.answer(jar, { body: 'bytes' });
    expect(await describeOne()).toMatchObject({ warning: 'the repository serves no checksum of this file' });
  });

  it('says absent where the file is missing, and asks no more about it', async () => {
    expect(await describeOne()).toBe('absent');
    expect(server.requests).toHaveLength(1);
  });

  it('reads the file where HEAD is not to be had', async () => {
    server.answer(jar, ({ method }) => (method === 'HEAD' ? { status: 405 } : { body: 'bytes' }));
    expect(await describeOne()).toMatchObject({ version: '1.0' });
    server.answer(jar, ({ method }) => ({ status: method === 'HEAD' ? 501 : 404 }));
    expect(await describeOne()).toBe('absent');
  });

  it.each<[string, string, ScriptedAnswer, string]>([
    [
      'a login page for the file',
      jar,
      { headers: { 'content-type': 'text/html' }, body: '<html></html>' },
      'MALFORMED',
    ],
    ['a login page for a checksum', `${jar}.sha1`, { body: '<html></html>' }, 'MALFORMED'],
    ['a refusal', jar, { status: 403 }, 'FORBIDDEN'],
    ['a broken repository', pomPath, { status: 500 }, 'UNREACHABLE'],
    ['a repository that has enough', `${jar}.sha256`, { status: 429 }, 'RATE_LIMITED'],
  ])('makes a coded problem of %s, and spoils no other', async (_, path, answer, code) => {
    server.answer(jar, { body: 'bytes' });
    server.answer(path, answer);
    server.answer('/com/acme/left-pad/2.0/left-pad-2.0.jar', { body: 'bytes' });
    const [one, two] = await repository.describe({}, ['1.0', '2.0']);
    expect(one).toMatchObject({ code });
    expect(two).toMatchObject({ version: '2.0' });
  });

  it.each([400, 401, 403, 405])(
    'does without checksums and a POM that are refused with %i',
    async (status) => {
      server.answer(jar, { body: 'bytes' });
      for (const path of [`${jar}.sha512`, `${jar}.sha256`, `${jar}.md5`, pomPath])
        server.answer(path, { status });
      server.answer(`${jar}.sha1`, { body: digest('sha1', 'bytes') });
      expect(await describeOne()).toMatchObject({
        version: '1.0',
        digests: { sha1: digest('sha1', 'bytes') },
      });
    },
  );

  it('answers in the order in which it was asked', async () => {
    const versions = Array.from({ length: 40 }, (_, index) => `1.${index}`);
    for (const version of versions.filter((_, index) => index % 3 > 0)) {
      server.answer(`/com/acme/left-pad/${version}/left-pad-${version}.jar`, { body: 'bytes' });
    }
    const described = await repository.describe({}, versions);
    expect(described.map((one) => (one === 'absent' || one instanceof Error ? one : one.version))).toEqual(
      versions.map((version, index) => (index % 3 > 0 ? version : 'absent')),
    );
  });

  it('says absent of a build whose file the next one has taken', async () => {
    const headers = { 'last-modified': 'Thu, 01 Jan 2026 12:00:00 GMT' };
    server.answer('/com/acme/left-pad/1.2-SNAPSHOT/left-pad-1.2-SNAPSHOT.jar', { headers, body: 'bytes' });
    const described = await repository.describe({}, [
      '1.2-SNAPSHOT-20260101.120000',
      '1.2-SNAPSHOT-20251231.120000',
    ]);
    expect(described).toMatchObject([
      { data: { VERSION: '1.2-SNAPSHOT', BUILD: '20260101.120000' } },
      'absent',
    ]);
  });
});

describe('the POM', () => {
  it.each([
    ['<url>https://acme.example/</url><scm><url>https://git.example/x</url></scm>', 'https://acme.example/'],
    [
      '<scm><connection>scm:git:https://x</connection><url> https://git.example/x </url></scm>',
      'https://git.example/x',
    ],
    ['<url>${project.home}</url><scm><url>https://git.example/x</url></scm>', 'https://git.example/x'],
    ['<url>git@git.example:x</url>', undefined],
    ['<url>https://user:secret@acme.example/</url>', undefined],
    [
      '<licenses><license><url>https://license.example/</url></license></licenses><organization><url>https://org.example/</url></organization><developers><developer><url>https://dev.example/</url></developer></developers>',
      undefined,
    ],
  ])('%s leads to %s', async (inner, expected) => {
    servePom(inner);
    const trackbackUrl = expected ?? expect.anything();
    const matcher = expected === undefined ? expect.not : expect;
    expect(await describeOne()).toEqual(matcher.objectContaining({ trackbackUrl }));
  });

  it.each([
    [
      '<developers><developer><id>a</id><name>Alice &amp; Co</name></developer><developer><name>Bob</name></developer></developers><organization><name>Acme</name></organization>',
      'Alice & Co, Bob',
    ],
    ['<developers><developer><id>alice</id></developer></developers>', 'alice'],
    ['<organization><name>Acme</name></organization>', 'Acme'],
  ])('%s is published by %s', async (inner, publisher) => {
    servePom(inner);
    expect(await describeOne()).toMatchObject({ publisher });
  });

  it.each([
    ['<name>Left pad</name><description>\n  Pads\n  left\n</description>', 'Left pad: Pads left'],
    ['<name>Left pad</name>', 'Left pad'],
    ['<name>${project.artifactId}</name><description>Pads</description>', 'Pads'],
    [
      '<build><plugins><plugin><name>Other</name></plugin></plugins></build><description>Pads</description>',
      'Pads',
    ],
  ])('%s says %s', async (inner, comment) => {
    servePom(inner);
    expect(await describeOne()).toMatchObject({ comment });
  });

  it('that is damaged costs its facts, and is warned of', async () => {
    server.answer(jar, { body: 'bytes' });
    server.answer(`${jar}.sha1`, { body: digest('sha1', 'bytes') });
    server.answer(pomPath, {
      body: '<!DOCTYPE project [<!ENTITY x "y">]><project><name>&x;</name></project>',
    });
    expect(await describeOne()).toMatchObject({
      digests: expect.anything(),
      warning: 'its POM has a DOCTYPE, which is refused',
    });
    server.answer(pomPath, { body: 'x'.repeat(3 * 1024 * 1024) });
    expect(await describeOne()).toMatchObject({ warning: expect.stringContaining('more than') });
  });
});
