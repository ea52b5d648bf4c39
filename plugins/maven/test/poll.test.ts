import { type FaultyServer, type ScriptedAnswer, startFaultyServer } from '@sluice/plugin-sdk/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digest, writeMetadata } from './support/documents.ts';
import { cursorOf, type OpenedRepository, openRepository, versionsOf } from './support/repository.ts';

const metadataPath = '/com/acme/left-pad/maven-metadata.xml';
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

function withEtag(etag: string, body: string): ScriptedAnswer {
  return { headers: { etag }, body };
}

const asked = () => server.requests.map(({ path }) => path.replace('/com/acme/left-pad/', ''));

describe('asking for an artifact', () => {
  it('reads its metadata, and then asks only whether its ETag still holds', async () => {
    server.answer(metadataPath, withEtag('"1"', writeMetadata(['1.0', '1.1'])), {
      status: 304,
      headers: { etag: '"1"' },
    });
    const first = await repository.poll();
    expect(versionsOf(first)).toEqual(['1.0', '1.1']);
    const before = server.requests.length;
    expect(await repository.poll({}, cursorOf(first))).toMatchObject({ unchanged: true });
    expect(
      server.requests.slice(before).map(({ path, headers }) => [path, headers['if-none-match']]),
    ).toEqual([[metadataPath, '"1"']]);
  });

  it('asks by Last-Modified where there is no ETag, unless another document may follow under the same', async () => {
    const modified = 'Tue, 01 Jan 2030 00:00:00 GMT';
    const sentAt = (date: string) => ({
      headers: { 'last-modified': modified, date },
      body: writeMetadata(['1.0']),
    });
    server.answer(metadataPath, sentAt(modified), sentAt('Tue, 01 Jan 2030 00:00:01 GMT'), { status: 304 });
    const first = await repository.poll();
    const second = await repository.poll({}, cursorOf(first));
    expect(await repository.poll({}, cursorOf(second))).toMatchObject({ unchanged: true });
    const conditions = server.requests
      .filter(({ path }) => path === metadataPath)
      .map(({ headers }) => headers['if-modified-since']);
    expect(conditions).toEqual([undefined, undefined, modified]);
  });

  it('compares the bytes where the repository gives nothing to recognise them by', async () => {
    server.answer(
      metadataPath,
      { body: writeMetadata(['1.0']) },
      { body: writeMetadata(['1.0']) },
      { body: writeMetadata(['1.0', '1.1']) },
    );
    const first = await repository.poll();
    const before = server.requests.length;
    expect(await repository.poll({}, cursorOf(first))).toMatchObject({ unchanged: true });
    expect(server.requests).toHaveLength(before + 1);
    expect(versionsOf(await repository.poll({}, cursorOf(first)))).toEqual(['1.0', '1.1']);
  });

  it('asks anew where the cursor is none of ours', async () => {
    server.answer(metadataPath, withEtag('"1"', writeMetadata(['1.0'])));
    for (const strange of [
      '',
      'null',
      '{}',
      '{"m":7}',
      '{"m":{"hash":"x","checksum":"crc32"}}',
      '{"m":{"hash":"x","checksum":"sha1","etag":7}}',
    ]) {
      expect(versionsOf(await repository.poll({}, strange))).toEqual(['1.0']);
    }
    expect(server.requests.every(({ headers }) => headers['if-none-match'] === undefined)).toBe(true);
  });

  it('asks nothing about each of 3,000 versions', async () => {
    const versions = Array.from({ length: 3_000 }, (_, index) => `1.${index}`);
    server.answer(metadataPath, { body: writeMetadata(versions) });
    expect(versionsOf(await repository.poll())).toEqual(versions);
    expect(server.requests.length).toBeLessThanOrEqual(5);
  });

  it('tells where each version is, and what it is called elsewhere', async () => {
    server.answer(metadataPath, { body: writeMetadata(['1.0+build']) });
    expect(await repository.poll({ packaging: 'war', classifier: 'thin' })).toMatchObject({
      revisions: [
        {
          version: '1.0+build',
          location: `${server.origin}/com/acme/left-pad/1.0%2Bbuild/left-pad-1.0%2Bbuild-thin.war`,
          purl: 'pkg:maven/com.acme/left-pad@1.0+build?classifier=thin&type=war',
          data: {
            GROUP_ID: 'com.acme',
            ARTIFACT_ID: 'left-pad',
            VERSION: '1.0+build',
            PACKAGING: 'war',
            CLASSIFIER: 'thin',
          },
        },
      ],
    });
  });

  it.each([
    ['maven-plugin', undefined, '1.0.jar'],
    ['ejb', undefined, '1.0.jar'],
    ['bundle', undefined, '1.0.jar'],
    ['test-jar', undefined, '1.0-tests.jar'],
    ['java-source', undefined, '1.0-sources.jar'],
    ['javadoc', undefined, '1.0-javadoc.jar'],
    ['ejb-client', undefined, '1.0-client.jar'],
    ['ejb-client', 'own', '1.0-own.jar'],
    ['pom', undefined, '1.0.pom'],
    ['tar.gz', 'bin', '1.0-bin.tar.gz'],
  ])('finds the file of the packaging %s with the classifier %s', async (packaging, classifier, file) => {
    server.answer(metadataPath, { body: writeMetadata(['1.0']) });
    const answer = await repository.poll({ packaging, classifier });
    expect(answer).toMatchObject({
      revisions: [{ location: `${server.origin}/com/acme/left-pad/1.0/left-pad-${file}` }],
    });
  });

  it('gives a version that no file can have no place, and the others theirs', async () => {
    server.answer(metadataPath, { body: writeMetadata(['../../etc/passwd', '1.0', 'a/b']) });
    const answer = await repository.poll();
    expect(answer).toMatchObject({
      revisions: [{ version: '../../etc/passwd' }, { location: expect.any(String) }, { version: 'a/b' }],
    });
    expect('revisions' in answer && answer.revisions.map(({ location }) => location !== undefined)).toEqual([
      false,
      true,
      false,
    ]);
  });
});

describe('the checksum of metadata', () => {
  const [one, two] = [writeMetadata(['1.0']), writeMetadata(['1.0', '1.1'])];

  it('is the strongest that is served; a weaker one is not asked for', async () => {
    server.answer(metadataPath, { body: one });
    server.answer(`${metadataPath}.sha256`, { body: `${digest('sha256', one)}\n` });
    expect(versionsOf(await repository.poll())).toEqual(['1.0']);
    expect(asked()).toEqual(['maven-metadata.xml', 'maven-metadata.xml.sha512', 'maven-metadata.xml.sha256']);
  });

  it('is asked for by its kind once that is known, and not at all where there is none', async () => {
    server.answer(metadataPath, { body: one }, { body: two });
    server.answer(`${metadataPath}.sha1`, { body: digest('sha1', one) }, { body: digest('sha1', two) });
    const first = await repository.poll();
    const before = server.requests.length;
    expect(versionsOf(await repository.poll({}, cursorOf(first)))).toEqual(['1.0', '1.1']);
    expect(asked().slice(before)).toEqual(['maven-metadata.xml', 'maven-metadata.xml.sha1']);
  });

  it('is missed by nobody where a repository has none', async () => {
    server.answer(metadataPath, { body: one }, { body: two });
    const first = await repository.poll();
    const before = server.requests.length;
    expect(versionsOf(await repository.poll({}, cursorOf(first)))).toEqual(['1.0', '1.1']);
    expect(asked().slice(before)).toEqual(['maven-metadata.xml']);
  });

  it('that does not match is read again once, with the metadata', async () => {
    server.answer(metadataPath, { body: one }, { body: two });
    server.answer(`${metadataPath}.sha1`, { body: digest('sha1', two) });
    expect(versionsOf(await repository.poll())).toEqual(['1.0', '1.1']);
    expect(
      server.requests
        .filter(({ path }) => path === metadataPath)
        .map(({ headers }) => headers['cache-control']),
    ).toEqual([undefined, 'no-cache']);
  });

  it('that does not match twice is UNTRUSTED, and says what does not match', async () => {
    server.answer(metadataPath, { body: one });
    server.answer(`${metadataPath}.md5`, { body: digest('md5', two) });
    expect(await repository.poll()).toMatchObject({
      problem: {
        code: 'UNTRUSTED',
        message: expect.stringContaining(`${metadataPath} does not match its md5`),
      },
    });
    expect(server.requests.filter(({ path }) => path === metadataPath)).toHaveLength(2);
  });

  it.each([400, 401, 403, 405])('that is refused with %i is taken for missing', async (status) => {
    server.answer(metadataPath, { body: one });
    for (const algorithm of ['sha512', 'sha256', 'sha1', 'md5'])
      server.answer(`${metadataPath}.${algorithm}`, { status });
    expect(versionsOf(await repository.poll())).toEqual(['1.0']);
  });

  it('that is refused gives way to a weaker one', async () => {
    server.answer(metadataPath, { body: one });
    for (const algorithm of ['sha512', 'sha256'])
      server.answer(`${metadataPath}.${algorithm}`, { status: 400 });
    server.answer(`${metadataPath}.sha1`, { body: digest('sha1', two) });
    expect(await repository.poll()).toMatchObject({ problem: { code: 'UNTRUSTED' } });
  });

  it('that is a login page is no checksum', async () => {
    server.answer(metadataPath, { body: one });
    server.answer(`${metadataPath}.sha512`, { body: '<!DOCTYPE html><html><title>Sign in</title></html>' });
    expect(await repository.poll()).toMatchObject({
      problem: { code: 'MALFORMED', message: expect.stringContaining('login page') },
    });
  });
});

describe('following an element', () => {
  const metadata = (more: string) => writeMetadata(['1.0', '1.1', '2.0-beta-1'], more);

  it('names the version it names, whatever is higher, and each move of it', async () => {
    server.answer(
      metadataPath,
      { body: metadata('<release>2.0-beta-1</release>') },
      { body: metadata('<release>1.1</release>') },
    );
    const first = await repository.poll({ follow: 'release' });
    expect(first).toMatchObject({ current: '2.0-beta-1', revisions: [{ version: '2.0-beta-1' }] });
    const second = await repository.poll({ follow: 'release' }, cursorOf(first));
    expect(second).toMatchObject({ current: '1.1', revisions: [{ version: '1.1' }] });
  });

  it('is believed only with `follow`', async () => {
    server.answer(metadataPath, { body: metadata('<latest>9.9</latest><release>9.9</release>') });
    expect(versionsOf(await repository.poll())).toEqual(['1.0', '1.1', '2.0-beta-1']);
  });

  it('that is missing says so', async () => {
    server.answer(metadataPath, { body: metadata('<release>1.1</release>') });
    expect(await repository.poll({ follow: 'latest' })).toMatchObject({
      problem: { code: 'NOT_FOUND', message: expect.stringContaining('has no <latest> to follow') },
    });
  });

  it('to a snapshot wants `snapshots: true`', async () => {
    server.answer(metadataPath, { body: metadata('<latest>3.0-SNAPSHOT</latest>') });
    expect(await repository.poll({ follow: 'latest' })).toMatchObject({
      problem: { code: 'NOT_FOUND', message: expect.stringContaining('snapshots: true') },
    });
  });
});

describe('checking a repository of which no artifact is configured', () => {
  const asked = '/sluice/check/maven-metadata.xml';

  it('asks as a poll asks, and not for its root', async () => {
    await expect(repository.check()).resolves.toBeUndefined();
    expect(server.requests.map(({ path }) => path)).toEqual([asked]);
    expect(repository.remarks).toEqual([]);
  });

  it('says that it cannot tell where the answer is 403, as a bucket gives it for what is not there', async () => {
    server.answer(asked, { status: 403 });
    await expect(repository.check()).resolves.toBeUndefined();
    expect(repository.remarks).toEqual([expect.stringContaining('answered 403')]);
  });

  it.each([
    ['wants credentials', { status: 401 }, 'UNAUTHORIZED'],
    ['is broken', { status: 500 }, 'UNREACHABLE'],
    ['leads to a login page', { body: '<!doctype html><title>Sign in</title>' }, 'MALFORMED'],
  ])('fails where it %s', async (_, answer, code) => {
    server.answer(asked, answer);
    await expect(repository.check()).rejects.toMatchObject({ code });
  });
});
