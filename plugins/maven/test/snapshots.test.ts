import { type FaultyServer, startFaultyServer } from '@sluice/plugin-sdk/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WrittenSnapshotFile, writeMetadata, writeSnapshotMetadata } from './support/documents.ts';
import { cursorOf, type OpenedRepository, openRepository, versionsOf } from './support/repository.ts';

const folder = '/com/acme/left-pad';
const first = '20260101.120000-3';
const second = '20260102.080000-4';
const withSnapshots = { snapshots: true };
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

function serveVersions(...sets: readonly [readonly string[], ...(readonly string[])[]]): void {
  const [one, ...others] = sets.map((versions) => ({ body: writeMetadata(versions) }));
  if (one) server.answer(`${folder}/maven-metadata.xml`, one, ...others);
}

function serveSnapshot(base: string, ...documents: readonly [string, ...string[]]): void {
  const [one, ...others] = documents.map((body) => ({ body }));
  if (one) server.answer(`${folder}/${base}/maven-metadata.xml`, one, ...others);
}

function newest(build: string, ...files: readonly Omit<WrittenSnapshotFile, 'value'>[]): string {
  return writeSnapshotMetadata(
    build,
    files.map((file) => ({ ...file, value: `1.2-${build}` })),
  );
}

const jar = { extension: 'jar' };

describe('snapshots', () => {
  it('are left out, and their metadata is not asked for, unless they are wanted', async () => {
    serveVersions(['1.1', '1.2-SNAPSHOT', '1.3-20260101.120000-1']);
    expect(versionsOf(await repository.poll())).toEqual(['1.1']);
    expect(server.requests.some(({ path }) => path.includes('SNAPSHOT'))).toBe(false);
  });

  it('are told build by build, each a revision of its own beside the releases', async () => {
    serveVersions(['1.1', '1.2-SNAPSHOT']);
    serveSnapshot('1.2-SNAPSHOT', newest(first, jar, { extension: 'pom' }), newest(second, jar));
    const answer = await repository.poll(withSnapshots);
    expect(answer).toMatchObject({
      added: [
        { version: '1.1', data: { VERSION: '1.1' } },
        {
          version: `1.2-${first}`,
          location: `${server.origin}${folder}/1.2-SNAPSHOT/left-pad-1.2-${first}.jar`,
          data: { VERSION: '1.2-SNAPSHOT', BUILD: first },
          purl: `pkg:maven/com.acme/left-pad@1.2-${first}`,
        },
      ],
      removed: [],
    });
    const next = await repository.poll(withSnapshots, cursorOf(answer));
    expect(next).toMatchObject({ added: [{ version: `1.2-${second}` }], removed: [] });
    expect(await repository.poll(withSnapshots, cursorOf(next))).toMatchObject({ unchanged: true });
  });

  it('are found by extension and classifier, and those without such a file are not there', async () => {
    const older = { extension: 'zip', classifier: 'dist', value: `1.2-${first}` };
    serveVersions(['1.2-SNAPSHOT']);
    serveSnapshot('1.2-SNAPSHOT', writeSnapshotMetadata(second, [{ ...jar, value: `1.2-${second}` }, older]));
    expect(versionsOf(await repository.poll(withSnapshots))).toEqual([`1.2-${second}`]);
    expect(
      versionsOf(await repository.poll({ ...withSnapshots, packaging: 'zip', classifier: 'dist' })),
    ).toEqual([`1.2-${first}`]);
    expect(versionsOf(await repository.poll({ ...withSnapshots, classifier: 'sources' }))).toEqual([]);
  });

  it('are found in the older form, which tells the build once for all files', async () => {
    serveVersions(['1.2-SNAPSHOT']);
    serveSnapshot('1.2-SNAPSHOT', writeSnapshotMetadata(first));
    expect(versionsOf(await repository.poll({ ...withSnapshots, packaging: 'war' }))).toEqual([
      `1.2-${first}`,
    ]);
  });

  it.each([
    ['without metadata', undefined],
    ['with metadata that names no build', writeSnapshotMetadata(undefined)],
    [
      'with metadata that names the file itself',
      writeSnapshotMetadata(undefined, [{ ...jar, value: '1.2-SNAPSHOT' }]),
    ],
  ])('whose builds replace each other (%s) are told by Last-Modified', async (_, metadata) => {
    serveVersions(['1.2-SNAPSHOT']);
    if (metadata !== undefined) serveSnapshot('1.2-SNAPSHOT', metadata);
    const at = (date: string) => ({ headers: { 'last-modified': date } });
    const [one, two] = [at('Thu, 01 Jan 2026 12:00:00 GMT'), at('Fri, 02 Jan 2026 08:00:00 GMT')];
    server.answer(`${folder}/1.2-SNAPSHOT/left-pad-1.2-SNAPSHOT.jar`, one, one, two);
    const answer = await repository.poll(withSnapshots);
    expect(answer).toMatchObject({
      added: [
        {
          version: '1.2-SNAPSHOT-20260101.120000',
          location: `${server.origin}${folder}/1.2-SNAPSHOT/left-pad-1.2-SNAPSHOT.jar`,
          data: { VERSION: '1.2-SNAPSHOT', BUILD: '20260101.120000' },
        },
      ],
    });
    expect(await repository.poll(withSnapshots, cursorOf(answer))).toMatchObject({ unchanged: true });
    expect(await repository.poll(withSnapshots, cursorOf(answer))).toMatchObject({
      added: [{ version: '1.2-SNAPSHOT-20260102.080000' }],
      removed: ['1.2-SNAPSHOT-20260101.120000'],
    });
  });

  it('that end are removed with the versions that end, and the older builds of those that go on are not', async () => {
    serveVersions(['1.0', '1.1-SNAPSHOT', '1.2-SNAPSHOT'], ['1.1', '1.2-SNAPSHOT']);
    serveSnapshot('1.1-SNAPSHOT', writeSnapshotMetadata(first));
    serveSnapshot('1.2-SNAPSHOT', writeSnapshotMetadata(first), writeSnapshotMetadata(second));
    const before = await repository.poll(withSnapshots);
    expect(await repository.poll(withSnapshots, cursorOf(before))).toMatchObject({
      added: [{ version: '1.1' }, { version: `1.2-${second}` }],
      removed: ['1.0', `1.1-${first}`],
    });
  });

  it('are selected by range, as what comes below their release', async () => {
    serveVersions(['1.1', '1.2-SNAPSHOT', '1.3-SNAPSHOT']);
    for (const base of ['1.2-SNAPSHOT', '1.3-SNAPSHOT']) serveSnapshot(base, writeSnapshotMetadata(first));
    expect(versionsOf(await repository.poll({ ...withSnapshots, versions: '[1.0,1.2)' }))).toEqual([
      '1.1',
      `1.2-${first}`,
    ]);
    expect(server.requests.some(({ path }) => path.includes('1.3-SNAPSHOT'))).toBe(false);
  });

  it('are followed from build to build', async () => {
    server.answer(`${folder}/maven-metadata.xml`, {
      body: writeMetadata([], '<latest>1.2-SNAPSHOT</latest>'),
    });
    serveSnapshot('1.2-SNAPSHOT', newest(first, jar), newest(second, jar));
    const following = { ...withSnapshots, follow: 'latest' };
    const answer = await repository.poll(following);
    expect(answer).toMatchObject({ current: `1.2-${first}`, revisions: [{ version: `1.2-${first}` }] });
    const next = await repository.poll(following, cursorOf(answer));
    expect(next).toMatchObject({ current: `1.2-${second}` });
    expect(await repository.poll(following, cursorOf(next))).toMatchObject({ unchanged: true });
    expect(await repository.poll({ ...following, packaging: 'war' })).toMatchObject({
      problem: { code: 'NOT_FOUND' },
    });
  });

  it('whose metadata is broken are a problem, and not "no builds"', async () => {
    serveVersions(['1.2-SNAPSHOT']);
    serveSnapshot('1.2-SNAPSHOT', '<html><body>Sign in</body></html>');
    expect(await repository.poll(withSnapshots)).toMatchObject({ problem: { code: 'MALFORMED' } });
  });

  it('too many to be remembered are asked for anew, and told all the same', async () => {
    const bases = Array.from({ length: 60 }, (_, index) => `1.${index}-SNAPSHOT`);
    serveVersions(bases);
    for (const base of bases) serveSnapshot(base, writeSnapshotMetadata(first));
    const answer = await repository.poll(withSnapshots);
    expect(versionsOf(answer)).toHaveLength(60);
    expect(answer).not.toHaveProperty('cursor');
  });

  it('without end are a problem, and not a request each', async () => {
    serveVersions(Array.from({ length: 501 }, (_, index) => `1.${index}-SNAPSHOT`));
    expect(await repository.poll(withSnapshots)).toMatchObject({
      problem: { code: 'TOO_LARGE', message: expect.stringContaining('narrow "versions"') },
    });
    expect(server.requests.length).toBeLessThanOrEqual(5);
  });

  it('that no file can have in its name lead nowhere', async () => {
    serveVersions(['../../1-SNAPSHOT', '1.0']);
    const answer = await repository.poll(withSnapshots);
    expect(versionsOf(answer)).toEqual(['1.0', '../../1-SNAPSHOT']);
    expect(server.requests.every(({ path }) => !path.includes('1-SNAPSHOT'))).toBe(true);
  });
});
