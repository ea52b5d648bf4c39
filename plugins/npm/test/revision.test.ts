import { checkRevision, type Revision } from '@sluice/plugin-sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPackument } from '../src/packument.ts';
import { toRevisions } from '../src/revision.ts';

const sha512 = 'ab'.repeat(64);
const sha1 = 'cd'.repeat(20);
const tarball = 'https://registry.example.com/x/-/x-1.0.0.tgz';

function sri(algorithm: string, hex: string): string {
  return `${algorithm}-${Buffer.from(hex, 'hex').toString('base64')}`;
}

function read(entry: unknown, { name = 'x', version = '1.0.0', time = {} as unknown } = {}): Revision {
  const [revision] = toRevisions(readPackument({ name, versions: { [version]: entry }, time }, name), [
    version,
  ]);
  if (!revision) throw new Error('no revision');
  return revision;
}

function readDist(dist: unknown): Revision {
  return read({ dist });
}

describe('a revision', () => {
  it('tells everything that a complete entry does', () => {
    const entry = {
      description: 'Does x',
      repository: { type: 'git', url: 'git+https://github.com/acme/x.git' },
      homepage: 'https://x.example.com/',
      _npmUser: { name: 'alice', email: 'alice@example.com' },
      dist: { integrity: sri('sha512', sha512), shasum: sha1, tarball },
    };
    expect(read(entry, { name: '@acme/x', time: { '1.0.0': '2024-05-06T07:08:09.010Z' } })).toEqual({
      version: '1.0.0',
      digests: { sha512, sha1 },
      location: tarball,
      publishedAt: Date.UTC(2024, 4, 6, 7, 8, 9, 10),
      publisher: 'alice',
      comment: 'Does x',
      trackbackUrl: 'https://github.com/acme/x',
      purl: 'pkg:npm/%40acme/x@1.0.0',
      standing: 'ok',
      data: { INTEGRITY: sri('sha512', sha512) },
    });
  });

  it.each([null, 7, 'gone', ['1.0.0']])('of an entry that is %j is still there, with a warning', (entry) => {
    expect(read(entry)).toEqual({
      version: '1.0.0',
      purl: 'pkg:npm/x@1.0.0',
      warning: 'the registry lists this version without describing it',
    });
  });

  it.each([undefined, null, {}, 'https://x.example.com/x.tgz'])(
    'without dist (%j) is still there, with a warning',
    (dist) => {
      const revision = readDist(dist);
      expect(revision).toMatchObject({
        version: '1.0.0',
        standing: 'ok',
        warning: expect.stringMatching(/digest/),
      });
      expect(revision).not.toHaveProperty('location');
      expect(revision).not.toHaveProperty('digests');
    },
  );

  it.each([null, '', 'yesterday', 5, {}])('has no time when the registry says %j', (time) => {
    expect(read({}, { time: { '1.0.0': time } })).not.toHaveProperty('publishedAt');
    expect(read({}, { time })).not.toHaveProperty('publishedAt');
  });

  it.each([
    ['use y', { standing: 'deprecated', warning: 'use y' }],
    [true, { standing: 'deprecated' }],
    ['', { standing: 'ok' }],
    [false, { standing: 'ok' }],
    [undefined, { standing: 'ok' }],
  ])('deprecated with %j', (deprecated, expected) => {
    const { standing, warning } = read({ deprecated, dist: { shasum: sha1, tarball } });
    expect({ standing, ...(warning !== undefined && { warning }) }).toEqual(expected);
  });

  it('passes the boundary whatever the entry is', () => {
    const fields = ['dist', 'deprecated', 'repository', 'homepage', 'description', '_npmUser'];
    const dist = fc.record({
      integrity: fc.anything(),
      shasum: fc.anything(),
      tarball: fc.oneof(fc.anything(), fc.webUrl()),
    });
    const entries = fc.oneof(
      fc.anything(),
      fc.dictionary(fc.constantFrom(...fields), fc.oneof(fc.anything(), fc.string(), dist)),
    );
    fc.assert(
      fc.property(entries, fc.anything(), (entry, time) => {
        expect(checkRevision(read(entry, { time: { '1.0.0': time } }))).toHaveProperty('revision');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the digests of a revision', () => {
  it.each([
    ['several algorithms', { integrity: `${sri('sha1', sha1)} ${sri('sha512', sha512)}` }, { sha512, sha1 }],
    ['an integrity with options', { integrity: `${sri('sha512', sha512)}?foo` }, { sha512 }],
    ['only a shasum', { shasum: sha1.toUpperCase() }, { sha1 }],
    ['the same hash twice', { integrity: `${sri('sha512', sha512)} ${sri('sha512', sha512)}` }, { sha512 }],
    [
      'an algorithm unknown to us beside one that is known',
      { integrity: `sha3-AAAA ${sri('sha512', sha512)}` },
      { sha512 },
    ],
  ])('are read from %s', (_, dist, digests) => {
    expect(readDist({ ...dist, tarball })).toMatchObject({ digests });
    expect(readDist({ ...dist, tarball })).not.toHaveProperty('warning');
  });

  it.each([
    ['two different hashes of one algorithm', `${sri('sha512', sha512)} ${sri('sha512', 'ef'.repeat(64))}`],
    ['a hash that is too short', 'sha512-q6urqw=='],
  ])('leave out %s, with a warning, and keep the others', (_, integrity) => {
    expect(readDist({ integrity, shasum: sha1, tarball })).toMatchObject({
      digests: { sha1 },
      data: { INTEGRITY: sri('sha1', sha1) },
      warning: expect.stringContaining('sha512'),
    });
  });

  it.each([
    { integrity: '' },
    { integrity: 'garbage' },
    { shasum: 'xyz' },
    { integrity: null, shasum: null },
    { integrity: {}, shasum: [] },
  ])('are missing, with a warning, where the registry says %j', (dist) => {
    expect(readDist({ ...dist, tarball })).toMatchObject({
      location: tarball,
      warning: expect.stringContaining('no usable digest'),
    });
    expect(readDist({ ...dist, tarball })).not.toHaveProperty('digests');
  });
});

describe('the location of a revision', () => {
  it('is the tarball as the registry writes it, on another host too', () => {
    const elsewhere = 'http://cdn.example.org:8080/x%2fx/-/../x-1.0.0.tgz?sig=1#top';
    expect(readDist({ shasum: sha1, tarball: elsewhere }).location).toBe(elsewhere);
  });

  it.each([
    '/x/-/x-1.0.0.tgz',
    'x.tgz',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://u:p@example.com/x.tgz',
    '',
    7,
    null,
  ])('is missing, with a warning, where the tarball is %j', (location) => {
    const revision = readDist({ shasum: sha1, tarball: location });
    expect(revision).toMatchObject({ digests: { sha1 }, warning: expect.stringContaining('tarball') });
    expect(revision).not.toHaveProperty('location');
    expect(revision.warning).not.toContain('u:p');
  });
});

describe('the trackback of a revision', () => {
  it.each([
    ['git+https://github.com/a/b.git', 'https://github.com/a/b'],
    ['github:a/b', 'https://github.com/a/b'],
    ['a/b', 'https://github.com/a/b'],
    ['git@github.com:a/b.git', 'https://github.com/a/b'],
    ['git+ssh://git@gitlab.com/g/s/p.git', 'https://gitlab.com/g/s/p'],
    ['bitbucket:a/b', 'https://bitbucket.org/a/b'],
    ['https://token:x@github.com/a/b', 'https://github.com/a/b'],
    ['git+https://user:secret@git.example.com/a/b.git', 'https://git.example.com/a/b'],
    [{ url: 'https://git.example.com/a/b' }, 'https://git.example.com/a/b'],
    ['git://git.example.com/a/b.git', 'https://home.example.com/'],
    ['javascript:alert(1)', 'https://home.example.com/'],
    ['git+javascript:alert(1)', 'https://home.example.com/'],
    [{ url: null }, 'https://home.example.com/'],
    [undefined, 'https://home.example.com/'],
  ])('for the repository %j is %s', (repository, page) => {
    expect(read({ repository, homepage: 'https://home.example.com/' }).trackbackUrl).toBe(page);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'not a URL', '', null, {}])(
    'is missing where the homepage is %j',
    (homepage) => {
      expect(read({ homepage })).not.toHaveProperty('trackbackUrl');
    },
  );
});
