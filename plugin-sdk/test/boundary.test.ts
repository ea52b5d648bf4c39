import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRevision, findVersionFault } from '../src/boundary.ts';
import type { Revision } from '../src/revision.ts';

const whole: Revision = {
  version: '1.10.0-rc.1+build',
  digests: { sha512: 'ab'.repeat(64), sha1: '0f'.repeat(20) },
  location: 'https://registry.example:8443/a/-/a-1.10.0.tgz?x=a@b',
  publishedAt: 1_700_000_000_000,
  publisher: 'Zoë <zoe@example.com>',
  comment: 'first\n\tsecond',
  trackbackUrl: 'https://example.com/a',
  purl: 'pkg:npm/%40scope/a@1.10.0',
  standing: 'deprecated',
  warning: 'use b',
  files: [
    {
      name: 'a-1.10.0.tgz',
      location: 'https://r.example/a.tgz',
      digests: { sha256: '00'.repeat(32) },
      size: 0,
    },
  ],
  data: { DIST_TAG: 'latest', X1: '' },
};

function check(part: object): Revision {
  const result = checkRevision({ version: '1', ...part });
  if ('refused' in result) throw new Error(`refused: ${result.refused}`);
  return result.revision;
}

function refusal(part: object): string | undefined {
  const result = checkRevision({ version: '1', ...part });
  return 'refused' in result ? result.refused : undefined;
}

describe('a revision at the boundary', () => {
  it('passes whole where it keeps the rules', () => {
    expect(checkRevision(whole)).toEqual({ revision: whole });
  });

  it('needs nothing but a version', () => {
    expect(checkRevision({ version: '1' })).toEqual({ revision: { version: '1' } });
    expect(check({ comment: undefined })).toStrictEqual({ version: '1' });
  });

  it('loses what the contract does not know', () => {
    expect(check({ extra: 1, toString: 'x' })).toStrictEqual({ version: '1' });
  });

  it.each([[undefined], [null], ['1.0.0'], [1], [[]], [() => 1]])(
    'is refused where it is no object: %s',
    (value) => {
      expect(checkRevision(value)).toEqual({ refused: 'a revision is an object' });
    },
  );
});

describe('a version', () => {
  it.each([
    '1.0.0',
    '0:1.2-3.el9',
    '1..2',
    'v1',
    '1.0-SNAPSHOT',
    'a/b',
    '1.0~rc1^git',
    'версия',
    '1-',
    'x'.repeat(255),
  ])('may be %s', (version) => {
    expect(findVersionFault(version)).toBeUndefined();
    expect(check({ version }).version).toBe(version);
  });

  it.each([
    ['', 'empty'],
    [1.1, 'not text'],
    [null, 'not text'],
    ['x'.repeat(256), 'longer than 255'],
    ['1 0', 'white-space'],
    ['1\u00a00', 'white-space'],
    ['1\n', 'control'],
    ['1\0', 'control'],
    ['1\u009b2J', 'control'],
    ['1\u202e0', 'bidi'],
    ['1\u20660', 'bidi'],
    ['1\u200b', 'invisible'],
    ['1\ud800', 'control'],
    ['-rf', 'dash'],
    ['..', '".." segment'],
    ['../1', '".." segment'],
    ['1/../2', '".." segment'],
    ['1\\..', '".." segment'],
  ])('may not be %j', (version, reason) => {
    expect(refusal({ version })).toContain(reason);
  });
});

describe('a location', () => {
  it.each(['http://h', 'https://h/p?q=a@b#c@d', 'http://[::1]:80/x', 'file:///srv/repo/a.rpm'])(
    'may be %s',
    (location) => {
      expect(check({ location }).location).toBe(location);
    },
  );

  it.each([
    ['a.tgz'],
    ['/a.tgz'],
    ['//h/a.tgz'],
    ['ftp://h/a'],
    ['javascript:alert(1)'],
    ['https:h/a'],
    ['https:///h/a'],
    ['https://user:word@h/a'],
    ['https://user@h/a'],
    ['https://@h/a'],
    ['https://u\\@h/a'],
    ['https://h:99999/'],
    ['https://h/a b'],
    ['https://h/\n'],
    [`https://h/${'x'.repeat(4096)}`],
    [7],
  ])('may not be %j', (location) => {
    expect(refusal({ location })).toContain('location');
    expect(refusal({ files: [{ name: 'a', location }] })).toContain('location');
  });

  it('may be a file only where the repository is one of files', () => {
    const file = { version: '1', location: 'file:///a' };
    expect(checkRevision(file, { files: false })).toEqual({
      refused: 'location is a file, and the repository is not',
    });
    expect(
      checkRevision({ version: '1', files: [{ name: 'a', location: 'file:///a' }] }, { files: false }),
    ).toHaveProperty('refused');
  });
});

describe('what identifies the bytes', () => {
  it.each([
    [['sha1']],
    [{ SHA1: '0f'.repeat(20) }],
    [{ 'sha 1': '0f'.repeat(20) }],
    [{ sha1: '0F'.repeat(20) }],
    [{ sha1: '0f'.repeat(19) }],
    [{ sha256: 'sha256-abc=' }],
    [{ blake3: 'abc' }],
    [{ blake3: 1 }],
    [Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`h${index}`, '00'.repeat(16)]))],
  ])('is refused as digests: %j', (digests) => {
    expect(refusal({ digests })).toContain('digests');
  });

  it('may use an algorithm that nobody here has heard of', () => {
    expect(check({ digests: { 'blake2b-256': '00'.repeat(32) } }).digests).toEqual({
      'blake2b-256': '00'.repeat(32),
    });
  });

  it.each([
    [{}],
    [['a']],
    [[{ name: '' }]],
    [[{ name: '../../etc/passwd' }]],
    [[{ name: 'a\u202e' }]],
    [[{ name: 'a', size: -1 }]],
    [[{ name: 'a', size: 0.5 }]],
    [[{ name: 'a', digests: { sha1: '' } }]],
    [Array.from({ length: 1001 }, () => ({ name: 'a' }))],
  ])('is refused as files', (files) => {
    expect(refusal({ files })).toMatch(/files|digests/);
  });
});

describe('a time and a standing', () => {
  it.each([Number.NaN, 1.5, Number.POSITIVE_INFINITY, 8.64e15 + 1, '2024', null, new Date(0)])(
    'refuses the time %s',
    (publishedAt) => {
      expect(refusal({ publishedAt })).toContain('publishedAt');
    },
  );

  it.each(['retired', '', null, true, 'toString'])('refuses the standing %j', (standing) => {
    expect(refusal({ standing })).toContain('standing');
  });
});

describe('what only describes', () => {
  it('is cut to 4,096 characters, with an ellipsis', () => {
    const { comment } = check({ comment: 'x'.repeat(5000) });
    expect(comment).toHaveLength(4096);
    expect(comment).toMatch(/^x+…$/);
    expect(check({ comment: 'x'.repeat(4096) }).comment).toBe('x'.repeat(4096));
  });

  it('is not cut inside a character', () => {
    expect(check({ comment: `${'x'.repeat(4094)}😀${'x'.repeat(9)}` }).comment).toBe(`${'x'.repeat(4094)}…`);
  });

  it('loses control and bidi characters, and keeps lines and tabs', () => {
    expect(check({ publisher: 'a\u001b[31mb\u202e\0\ud800\tc\n' }).publisher).toBe('a[31mb\tc\n');
  });

  it.each(['publisher', 'comment', 'warning'])('is refused as %s where it is no text', (name) => {
    expect(refusal({ [name]: 7 })).toBe(`${name} is not text`);
    expect(refusal({ [name]: null })).toBe(`${name} is not text`);
  });

  it.each(['n/a', 'javascript:alert(1)', 'git+ssh://git@h/x', 'https://u:w@h/', 'file:///etc', 7, null])(
    'is left out as trackback: %j',
    (trackbackUrl) => {
      expect(check({ trackbackUrl })).toStrictEqual({ version: '1' });
    },
  );

  it.each(['npm/a@1', 'pkg:', 'pkg:npm/a b', 'pkg:npm/', 7])('is left out as purl: %j', (purl) => {
    expect(check({ purl })).toStrictEqual({ version: '1' });
  });
});

describe('data', () => {
  it('arrives without a prototype', () => {
    const { data, digests } = check({ data: { A: '1' }, digests: { md5: '00'.repeat(16) } });
    expect(Object.getPrototypeOf(data)).toBeNull();
    expect(Object.getPrototypeOf(digests)).toBeNull();
  });

  it.each([
    [[]],
    ['A=1'],
    [{ a: '1' }],
    [{ '1A': '1' }],
    [{ 'A-B': '1' }],
    [{ A: 1 }],
    [{ A: 'x\0y' }],
    [{ A: '\udc00' }],
    [JSON.parse('{"__proto__": "x"}')],
    [{ A: 'x'.repeat(65_536) }],
    [{ A: 'é'.repeat(32_768) }],
  ])('is refused where it could not become an environment: %.60j', (data) => {
    expect(refusal({ data })).toContain('data');
  });

  it('may have 64 KiB in all', () => {
    expect(check({ data: { A: 'x'.repeat(65_535) } }).data?.['A']).toHaveLength(65_535);
    expect(refusal({ data: { A: 'x'.repeat(40_000), B: 'x'.repeat(40_000) } })).toContain('65536 bytes');
  });
});

describe('whatever comes in', () => {
  const texts = fc.string({ unit: 'binary', maxLength: 40 });
  const hex = fc.stringMatching(/^[0-9a-f]{40}$/);
  // Mostly what passes, so that every rule behind another one is reached too.
  const mostly = (fit: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 12, arbitrary: fit }, { weight: 1, arbitrary: fc.anything() });
  const revisions = fc.record(
    {
      version: mostly(fc.stringMatching(/^[0-9a-z.]{1,20}$/)),
      digests: mostly(fc.record({ sha1: mostly(hex) })),
      location: mostly(fc.webUrl()),
      publishedAt: mostly(fc.integer()),
      comment: mostly(fc.string({ unit: 'binary', maxLength: 6000, size: 'max' })),
      trackbackUrl: mostly(fc.webUrl()),
      purl: mostly(fc.constant('pkg:npm/a@1')),
      standing: mostly(fc.constantFrom('ok', 'deprecated', 'yanked')),
      files: mostly(
        fc.array(fc.record({ name: mostly(texts), size: mostly(fc.nat()) }, { requiredKeys: ['name'] })),
      ),
      data: mostly(fc.dictionary(fc.stringMatching(/^[A-Z][A-Z0-9_]*$/), mostly(fc.string()))),
    },
    { requiredKeys: ['version'] },
  );

  it('is never thrown at, and what passes passes again unchanged', () => {
    let passed = 0;
    fc.assert(
      fc.property(mostly(revisions), (value) => {
        const first = checkRevision(value);
        if ('refused' in first) {
          expect(first.refused).not.toBe('');
        } else {
          passed += 1;
          expect(checkRevision(first.revision)).toStrictEqual(first);
        }
      }),
      { numRuns: 1000 },
    );
    expect(passed).toBeGreaterThan(100);
  });

  it('lets no version through that could pass for another, an option or a path', () => {
    fc.assert(
      fc.property(
        texts,
        fc.constantFrom(' ', '\u0085', '\u202d', '\u2028', '\u200f', '\0', '\u001b'),
        texts,
        (before, bad, after) => {
          expect(findVersionFault(before + bad + after)).toBeDefined();
        },
      ),
    );
  });

  it('survives JSON: every text that passes is well formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (comment) => {
        expect(check({ comment }).comment?.isWellFormed()).toBe(true);
      }),
    );
  });
});
