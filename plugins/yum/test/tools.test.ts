import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDirectoryServer } from '../../../test/support/directory-server.ts';
import { describeRounds } from '../../../test/support/long.ts';
import { describeWith } from '../../../test/support/requirement.ts';
import { sha256, writeRepomd } from './support/repomd.ts';
import { openRepository, type Polled, revisionsOf, versionsOf } from './support/repository.ts';
import { type BuiltRpm, makeRpmRepository, type RpmRepository, repoquery, rpmTools } from './support/rpms.ts';

const rpms: readonly BuiltRpm[] = [
  { name: 'pad', version: '1.0', vendor: 'Acme <acme@example.com>', packager: 'Alice' },
  { name: 'pad', version: '1.9', vendor: 'Acme & Sons' },
  { name: 'pad', version: '1.10', release: '2' },
  { name: 'pad', version: '1.10', release: '10' },
  { name: 'pad', version: '2.0~rc1' },
  { name: 'pad', version: '0.5', epoch: 1 },
  { name: 'pad-libs', version: '1.0', arch: 'x86_64' },
  { name: 'pad-libs', version: '1.1', arch: 'x86_64' },
  { name: 'multi', version: '3.0', arch: 'x86_64' },
  { name: 'multi', version: '3.0', arch: 'i686' },
  { name: 'moved', version: '1', arch: 'noarch' },
  { name: 'moved', version: '2', arch: 'x86_64' },
  { name: 'pad-1.0', version: '7', summary: 'A name like a version' },
  { name: 'Python3.11', version: '3.11.2', release: '4.el9_1.2', epoch: 2 },
  { name: 'gcc-c++', version: '12.2.0', arch: 'x86_64' },
  { name: 'dotted.x86_64', version: '1', release: '1.fc40' },
  { name: 'git+snap', version: '1.0^20240101git', release: '0.1' },
];

const specs = [
  ...[
    'pad',
    'pad.noarch',
    'pad.x86_64',
    'pad-1.0',
    'pad-1.00',
    'pad-1.9',
    'pad-1.9-1',
    'pad-1.10',
    'pad-1.10-10',
    'pad-1.10-010',
  ],
  ...[
    'pad-1.10-10.noarch',
    'pad-1.10-10.x86_64',
    'pad-1:0.5',
    'pad-0:1.0',
    'pad-0:1.9',
    'pad-1:0.5-1.noarch',
    'pad-01:0.5-1.noarch',
  ],
  ...[
    'pad-2.0~rc1',
    'pad-2.0',
    'pad-2.0*',
    'pad-1.*',
    'pad-1.[01]*',
    'pad-?.?',
    'pad-*',
    'pad-l*',
    'pad-libs',
    'pad-libs*',
    'pad*libs',
  ],
  ...[
    'pad-[!l]*',
    'pad-[^l]*',
    'PAD',
    'Pad-Libs',
    'PAD-LIBS-1.1',
    'pa?',
    'p*',
    '*',
    '*.i686',
    '*libs*',
    'multi',
    'multi.i686',
    'multi-3.0',
  ],
  ...[
    'multi-3.0-1',
    'multi*.x86_64',
    'multi.*',
    'moved',
    'moved.noarch',
    'moved-2',
    'python3.11',
    'Python3.11-2:3.11.2-4.el9_1.2.noarch',
  ],
  ...[
    'Python3.11-3.11.2',
    'Python*el9*',
    'gcc-c++',
    'gcc-c++-12.2.0',
    'gcc-c[+]+',
    'dotted.x86_64',
    'dotted.x86_64.noarch',
    'dotted*',
  ],
  ...[
    'git+snap-1.0^20240101git',
    'git+snap-1.0^*',
    'nothing',
    'nothing*',
    'pad-9',
    'pad-1.10-3',
    '*pad*1.10*noarch',
    '*-2:*',
    '*fc40*',
  ],
];

let repository: RpmRepository;

/** What the plugin says of a spec, as far as dnf says it too. */
function summarize(polled: Polled, spec: string): object {
  const answer = polled.answers.get(spec);
  if (answer && 'revisions' in answer)
    return { versions: answer.revisions.map(({ version }) => version).toSorted() };
  const { code, message } = answer && 'problem' in answer ? answer.problem : { code: '', message: '' };
  if (code === 'NOT_FOUND') return { versions: [] };
  const list = /: write one of (.*)$|\((.*)\): add one/.exec(message);
  return list?.[1] === undefined
    ? { arches: list?.[2]?.split(', ') }
    : { names: list[1].split(', ').toSorted() };
}

/** The same from dnf's words, by the rule that a package is one name and one architecture. */
function expectedOf(lines: readonly string[]): object {
  const nevras = lines.map(
    (line) => /^(?<name>.*)-(?<epoch>\d+):(?<rest>[^-]*-[^-]*)\.(?<arch>[^.]*)$/.exec(line)?.groups ?? {},
  );
  const distinct = (part: string) => [...new Set(nevras.map((nevra) => nevra[part] ?? ''))].toSorted();
  if (distinct('name').length > 1) return { names: distinct('name') };
  if (distinct('arch').length > 1) return { arches: distinct('arch') };
  return { versions: lines.map((line) => line.replace(/-0:([^-]*-[^-]*)$/, '-$1')).toSorted() };
}

/** The metadata in other clothes: compressed with something that createrepo_c 0.17 does not write. */
async function recompress(
  directory: string,
  ending: string,
  compress: (bytes: Buffer) => Buffer,
): Promise<void> {
  const data = join(directory, 'repodata');
  const gz = (await readdir(data)).find((name) => name.endsWith('primary.xml.gz')) ?? '';
  const open = execFileSync('gzip', ['-dc', join(data, gz)]);
  const stored = compress(open);
  await rm(data, { recursive: true });
  await mkdir(data);
  await writeFile(join(data, `primary.xml${ending}`), stored);
  await writeFile(
    join(data, 'repomd.xml'),
    writeRepomd({ stored, open, href: `repodata/primary.xml${ending}` }),
  );
}

describeWith(rpmTools, 'a repository made by rpmbuild and createrepo_c', () => {
  beforeAll(async () => {
    repository = await makeRpmRepository();
    await repository.build(...rpms);
    await repository.createrepo();
  });
  afterAll(() => repository?.[Symbol.asyncDispose]());

  // dnf takes its time for each.
  describeRounds({ few: 9, all: specs.length }, (count, options) => {
    const some = specs.filter((_, index) => index % Math.floor(specs.length / count) === 0);
    it(`is understood as dnf repoquery understands it, for ${some.length} specs`, options, async () => {
      await using opened = openRepository({ url: repository.url });
      const [polled, lines] = await Promise.all([opened.poll(some), repoquery(repository.url, some)]);
      const told = Object.fromEntries(some.map((spec) => [spec, summarize(polled, spec)]));
      expect(told).toEqual(
        Object.fromEntries(some.map((spec, index) => [spec, expectedOf(lines[index] ?? [])])),
      );
      expect(lines.filter((answer) => answer.length > 0).length).toBeGreaterThan(some.length * 0.6);
    });
  });

  it('has rpms with the digest, place and time that they really have', async () => {
    await using opened = openRepository({ url: repository.url });
    const revisions = revisionsOf(await opened.poll(['pad']), 'pad');
    for (const { location = '', digests, publishedAt, data } of revisions) {
      expect(digests).toEqual({ sha256: sha256(await readFile(new URL(location))) });
      const query = ['-qp', '--qf', '%{BUILDTIME} %{SOURCERPM} %{EPOCHNUM}', new URL(location).pathname];
      const [buildTime, sourceRpm, epoch] = execFileSync('rpm', query, { encoding: 'utf8' }).split(' ');
      expect(data).toMatchObject({
        NAME: 'pad',
        ARCH: 'noarch',
        BUILD_TIME: buildTime,
        SOURCE_RPM: sourceRpm,
        EPOCH: epoch,
      });
      expect(publishedAt).toBe(Number(buildTime) * 1000);
    }
    expect(revisions.find(({ version }) => version === 'pad-1.0-1.noarch')).toMatchObject({
      publisher: 'Alice',
      comment: 'Made by a test',
      trackbackUrl: 'https://made.example.com/?a=1&b=2',
      purl: 'pkg:rpm/pad@1.0-1?arch=noarch',
    });
    expect(revisions.find(({ version }) => version === 'pad-1.9-1.noarch')).toMatchObject({
      publisher: 'Acme & Sons',
    });
    expect(revisions.find(({ version }) => version === 'pad-1:0.5-1.noarch')).toMatchObject({
      purl: 'pkg:rpm/pad@0.5-1?arch=noarch&epoch=1',
    });
  });

  it('takes the form that yum had, with the epoch first', async () => {
    await using opened = openRepository({ url: repository.url });
    expect(versionsOf(await opened.poll(['1:pad-0.5-1.noarch']), '1:pad-0.5-1.noarch')).toEqual([
      'pad-1:0.5-1.noarch',
    ]);
  });

  const versions = ['pad-libs-1.0-1.x86_64', 'pad-libs-1.1-1.x86_64'];
  it.each([
    ['gzip', '--compress-type=gz'],
    ['xz', '--compress-type=xz'],
    ['bzip2', '--compress-type=bz2'],
    ['gzip, with SHA-1 checksums as they once were', '--checksum=sha'],
    ['gzip, with SHA-512 checksums', '--checksum=sha512'],
    ['gzip, under names without checksums', '--simple-md-filenames'],
    ['gzip, with SQLite beside it', '--database'],
  ])('is read when it is compressed with %s', async (_, option) => {
    await rm(join(repository.directory, 'repodata'), { recursive: true });
    await repository.createrepo('--general-compress-type=gz', option);
    await using opened = openRepository({ url: repository.url });
    expect(versionsOf(await opened.poll(['pad-libs']), 'pad-libs')).toEqual(versions);
  });

  it.each<[string, string, (bytes: Buffer) => Buffer]>([
    ['zstd', '.zst', (bytes) => zstdCompressSync(bytes)],
    ['nothing', '', (bytes) => bytes],
    [
      'gzip in several members',
      '.gz',
      (bytes) =>
        Buffer.concat(
          [bytes.subarray(0, 999), bytes.subarray(999)].map((part) => execFileSync('gzip', { input: part })),
        ),
    ],
    [
      'xz in several streams',
      '.xz',
      (bytes) =>
        Buffer.concat(
          [bytes.subarray(0, 999), bytes.subarray(999)].map((part) => execFileSync('xz', { input: part })),
        ),
    ],
    [
      'bzip2 in several streams',
      '.bz2',
      (bytes) =>
        Buffer.concat(
          [bytes.subarray(0, 999), bytes.subarray(999)].map((part) => execFileSync('bzip2', { input: part })),
        ),
    ],
    ['gzip under the name of xz', '.xz', (bytes) => execFileSync('gzip', { input: bytes })],
  ])('is read when it is compressed with %s', async (_, ending, compress) => {
    await rm(join(repository.directory, 'repodata'), { recursive: true });
    await repository.createrepo();
    await recompress(repository.directory, ending, compress);
    await using opened = openRepository({ url: repository.url });
    expect(versionsOf(await opened.poll(['pad-libs']), 'pad-libs')).toEqual(versions);
  });

  it('says where rpms are when createrepo_c writes xml:base', async () => {
    await rm(join(repository.directory, 'repodata'), { recursive: true });
    await repository.createrepo('--baseurl', 'https://alice:secret@cdn.example.com/deep');
    await using opened = openRepository({ url: repository.url });
    const [revision] = revisionsOf(await opened.poll(['gcc-c++']), 'gcc-c++');
    expect(revision?.location).toBe('https://cdn.example.com/deep/gcc-c++-12.2.0-1.x86_64.rpm');
  });

  it('says what to do when its packages are only in zchunk', async () => {
    await rm(join(repository.directory, 'repodata'), { recursive: true });
    await repository.createrepo();
    const path = join(repository.directory, 'repodata', 'repomd.xml');
    await writeFile(path, (await readFile(path, 'utf8')).replace('type="primary"', 'type="primary_zck"'));
    await using opened = openRepository({ url: repository.url });
    await expect(opened.poll(['pad'])).rejects.toMatchObject({
      code: 'MALFORMED',
      message: expect.stringMatching(/zchunk.*createrepo_c/),
    });
  });
});

describeWith(rpmTools, 'a repository that grows while it is polled', () => {
  it('shows every rpm once createrepo_c is done, and never less than there was', async () => {
    await using growing = await makeRpmRepository();
    await growing.build({ name: 'grow', version: '1' });
    await growing.createrepo();
    await using ending = new AsyncDisposableStack();
    const served = ending.adopt(await startDirectoryServer(growing.directory), (server) => server.close());
    await using opened = openRepository({ url: served.url });
    expect(versionsOf(await opened.poll(['grow']), 'grow')).toEqual(['grow-1-1.noarch']);
    for (let version = 2; version <= 4; version++) {
      await growing.build({ name: 'grow', version: String(version) });
      let done = false;
      const making = growing.createrepo().then(() => {
        done = true;
      });
      while (!done) {
        const polled = await opened.poll(['grow'], 'without cursors');
        expect([version - 1, version]).toContain(versionsOf(polled, 'grow').length);
      }
      await making;
      expect(versionsOf(await opened.poll(['grow'], 'without cursors'), 'grow')).toHaveLength(version);
    }
  });

  it('tells an rpm that was built again under the same name as the same version with other bytes', async () => {
    await using remade = await makeRpmRepository();
    await remade.build({ name: 'again', version: '1', content: 'first' });
    await remade.createrepo();
    await using opened = openRepository({ url: remade.url });
    const [first] = revisionsOf(await opened.poll(['again']), 'again');
    await remade.build({ name: 'again', version: '1', content: 'second' });
    await remade.createrepo();
    const [second] = revisionsOf(await opened.poll(['again']), 'again');
    expect(second?.version).toBe(first?.version);
    expect(second?.digests).not.toEqual(first?.digests);
  });
});
