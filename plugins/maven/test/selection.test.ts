import { parseSettings } from '@sluice/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { isPrerelease, selectVersions } from '../src/selection.ts';
import { packageFields } from '../src/settings.ts';
import { leftPad } from './support/repository.ts';

const versions = ['1.0', '1.5', '1.9-rc1', '2.0-alpha-1', '2.0-SNAPSHOT', '2.0', '2.1.Final', '2.2-jre'];

function select(settings: object): readonly string[] {
  const { releases, snapshots } = selectVersions(
    { versions, release: undefined, latest: undefined },
    parseSettings(packageFields, { ...leftPad, ...settings }),
  );
  return [...releases, ...snapshots];
}

describe('selecting versions', () => {
  it.each([
    [{}, ['1.0', '1.5', '1.9-rc1', '2.0-alpha-1', '2.0', '2.1.Final', '2.2-jre']],
    [{ versions: '[1.0,2.0)' }, ['1.0', '1.5', '1.9-rc1', '2.0-alpha-1']],
    [{ versions: '[1.0,2.0)', prereleases: false }, ['1.0', '1.5']],
    [{ versions: '[1.0,2.0)', prereleases: false, snapshots: true }, ['1.0', '1.5', '2.0-SNAPSHOT']],
    [{ versions: '(,1.0],[2.0,)' }, ['1.0', '2.0', '2.1.Final', '2.2-jre']],
    [{ versions: '1.0' }, ['1.0', '1.5', '1.9-rc1', '2.0-alpha-1', '2.0', '2.1.Final', '2.2-jre']],
    [{ versions: '[7]' }, []],
  ])('with %j takes %j', (settings, expected) => {
    expect(select(settings)).toEqual(expected);
  });

  it.each([
    '1-alpha',
    '1.0.Alpha2',
    '1a1',
    '1-b02',
    '1.0-M3',
    '1-milestone-1',
    '1-CR2',
    '1RC',
    '1-beta-SNAPSHOT',
    '1-pre1',
    '1-dev',
    '1-ea.3',
  ])('takes %s for a pre-release', (version) => {
    expect(isPrerelease(version)).toBe(true);
  });

  it.each([
    '1',
    '1.0.Final',
    '1-GA',
    '1-sp2',
    '1-jre',
    '1-android',
    '1.0-b',
    '1-SNAPSHOT',
    '1-20260101.120000-3',
    '1-predicate',
    'r09',
  ])('does not take %s for one', (version) => {
    expect(isPrerelease(version)).toBe(false);
  });

  it('makes a missing list of versions a problem, and an empty one an empty set', () => {
    const settings = parseSettings(packageFields, leftPad);
    const nothing = { release: undefined, latest: undefined };
    expect(() => selectVersions({ ...nothing, versions: undefined }, settings)).toThrow(
      expect.objectContaining({ code: 'MALFORMED' }),
    );
    expect(selectVersions({ ...nothing, versions: [] }, settings)).toEqual({ releases: [], snapshots: [] });
  });
});
