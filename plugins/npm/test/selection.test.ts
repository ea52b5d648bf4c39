import { parseSettings } from '@sluice/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { readPackument } from '../src/packument.ts';
import { type Selection, selectVersions } from '../src/selection.ts';
import { packageFields } from '../src/settings.ts';

const published = ['1.0.0', '1.1.0', '2.0.0-rc.1', '2.0.0-rc.2', '2.0.0', '2.1.0-rc.1', 'nightly', '1.0'];

function select(
  settings: Record<string, unknown>,
  versions = published,
  tags: Record<string, string> = {},
): Selection {
  const document = {
    name: 'x',
    versions: Object.fromEntries(versions.map((version) => [version, {}])),
    'dist-tags': tags,
  };
  return selectVersions(
    readPackument(document, 'x'),
    parseSettings(packageFields, { name: 'x', ...settings }),
  );
}

describe('selecting versions', () => {
  it.each([
    [{}, ['1.0.0', '1.1.0', '2.0.0', 'nightly', '1.0']],
    [{ prereleases: true }, published],
    [{ versions: '^1' }, ['1.0.0', '1.1.0']],
    [{ versions: '^1 || ^2' }, ['1.0.0', '1.1.0', '2.0.0']],
    [{ versions: '^2.0.0-rc.2' }, ['2.0.0-rc.2', '2.0.0']],
    [{ versions: '^2', prereleases: true }, ['2.0.0-rc.1', '2.0.0-rc.2', '2.0.0', '2.1.0-rc.1']],
    [{ versions: '>=0.0.0' }, ['1.0.0', '1.1.0', '2.0.0']],
    [{ versions: '^9' }, []],
  ])('by %j', (settings, expected) => {
    expect(select(settings).versions).toEqual(expected);
  });

  it('follows a dist-tag to wherever it points, prereleases and what is no semver included', () => {
    expect(select({ tag: 'next' }, published, { next: '2.1.0-rc.1' })).toEqual({
      versions: ['2.1.0-rc.1'],
      current: '2.1.0-rc.1',
    });
    expect(select({ tag: 'edge' }, published, { edge: 'nightly' }).current).toBe('nightly');
  });

  it('says which dist-tags there are when the one to follow is missing', () => {
    expect(() => select({ tag: 'nxt' }, published, { latest: '2.0.0', next: '2.1.0-rc.1' })).toThrow(
      expect.objectContaining({
        code: 'NOT_FOUND',
        message: '"x" has no dist-tag "nxt": it has "latest", "next"',
      }),
    );
    expect(() => select({ tag: '__proto__' })).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('takes a dist-tag that names an unlisted version for a broken registry', () => {
    expect(() => select({ tag: 'latest' }, published, { latest: '3.0.0' })).toThrow(
      expect.objectContaining({ code: 'MALFORMED' }),
    );
  });
});
