import { parseSettings } from '@sluice/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { findProblems, packageFields, repositoryFields } from '../src/settings.ts';

function problems(repository: Record<string, unknown>, pkg: Record<string, unknown>): string[] {
  const settings = {
    repository: parseSettings(repositoryFields, repository),
    package: parseSettings(packageFields, { name: 'x', ...pkg }),
  };
  return findProblems(settings).map(({ in: where, field }) => `${where}.${field}`);
}

const url = 'https://registry.example.com/';

describe('the rules of npm settings', () => {
  it.each([
    [{}, {}],
    [
      { url, token: 't' },
      { versions: '^5 || 7.x', prereleases: true },
    ],
    [{ url, username: 'u', password: 'p' }, { tag: 'latest' }],
  ])('take %j with %j', (repository, pkg) => {
    expect(problems(repository, pkg)).toEqual([]);
  });

  it.each([
    [{ url: 'file:///srv/npm' }, {}, 'repository.url'],
    [{ url: 'https://registry.example.com/npm?page=1' }, {}, 'repository.url'],
    [{ token: 't' }, {}, 'repository.token'],
    [{ username: 'u', password: 'p' }, {}, 'repository.username'],
    [{ url, username: 'u' }, {}, 'repository.username'],
    [{ url, password: 'p' }, {}, 'repository.password'],
    [{ url, token: 't', username: 'u', password: 'p' }, {}, 'repository.token'],
    [{}, { versions: 'newest' }, 'package.versions'],
    [{}, { versions: '^5', tag: 'latest' }, 'package.tag'],
    [{}, { tag: '1.2.3' }, 'package.tag'],
  ])('refuse %j with %j', (repository, pkg, expected) => {
    expect(problems(repository, pkg)).toEqual([expected]);
  });

  it('report every mistake at once', () => {
    expect(problems({ url: 'file:///x', password: 'p' }, { versions: '!', tag: '^1' })).toHaveLength(5);
  });

  it.each(['x', 'JSONStream', '@scope/name', '@my_scope/a.b~c', '_old'])(
    'take %s as a package name',
    (name) => {
      expect(name).toMatch(new RegExp(String(packageFields.name.schema['pattern'])));
    },
  );

  it.each([
    '',
    '.',
    '..',
    '../x',
    '@scope',
    '@scope/',
    '@scope/../x',
    'a/b',
    '@../x',
    'a?b',
    'a#b',
    'a%2fb',
    'a b',
  ])('refuse %s as a package name', (name) => {
    expect(name).not.toMatch(new RegExp(String(packageFields.name.schema['pattern'])));
  });
});
