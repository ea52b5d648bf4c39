import { describe, expect, it } from 'vitest';
import { readPackument } from '../src/packument.ts';

const versions = { '1.0.0': {} };

describe("a package's document", () => {
  it.each([
    ['null', null],
    ['text', 'hello'],
    ['a list', []],
    ['another package', { name: 'other', versions }],
    ['a document without a name', { versions }],
    ['an empty object', {}],
    ['no versions', { name: 'x' }],
    ['empty versions', { name: 'x', versions: {} }],
    ['versions that are a list', { name: 'x', versions: ['1.0.0'] }],
    ['no versions and null for the times', { name: 'x', time: null }],
    ['an error with status 200', { error: 'not_found', reason: 'document not found' }],
  ])('is refused as malformed when it is %s', (_, document) => {
    expect(() => readPackument(document, 'x')).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
  });

  it('has no versions when it says that the package was unpublished', () => {
    const time = {
      created: '2020-01-01T00:00:00Z',
      unpublished: { time: '2021-01-01T00:00:00Z', versions: ['1.0.0'] },
    };
    expect(readPackument({ name: 'x', time }, 'x').versions.size).toBe(0);
  });

  it('keeps versions, tags and times with names that mean something to JavaScript', () => {
    const names = '{"__proto__": "1.0.0", "constructor": "2.0.0", "toString": "3.0.0"}';
    const { versions, tags, times } = readPackument(
      JSON.parse(`{"name": "x", "versions": ${names}, "dist-tags": ${names}, "time": ${names}}`),
      'x',
    );
    for (const map of [versions, tags, times])
      expect([...map.keys()]).toEqual(['__proto__', 'constructor', 'toString']);
    expect(tags.get('hasOwnProperty')).toBeUndefined();
    expect(Object.getPrototypeOf({})).not.toHaveProperty('x');
  });

  it.each([undefined, null, 7, 'latest', ['latest'], { latest: 7, next: null }])(
    'survives dist-tags that are %j',
    (tags) => {
      expect(readPackument({ name: 'x', versions, 'dist-tags': tags }, 'x').tags.size).toBe(0);
    },
  );
});
