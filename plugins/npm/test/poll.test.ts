import { isPluginError, type PackageAnswer, type PluginErrorCode } from '@sluice/plugin-sdk';
import { type FaultyServer, type ScriptedAnswer, startFaultyServer } from '@sluice/plugin-sdk/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cursorOf, type OpenedRepository, openRepository, versionsOf } from './support/repository.ts';

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

function packument(name: string, ...versions: readonly string[]): string {
  return JSON.stringify({ name, versions: Object.fromEntries(versions.map((version) => [version, {}])) });
}

function withEtag(etag: string, body: string): ScriptedAnswer {
  return { headers: { etag }, body };
}

function problemOf(answer: PackageAnswer | undefined): PluginErrorCode | undefined {
  return answer && 'problem' in answer && isPluginError(answer.problem) ? answer.problem.code : undefined;
}

describe('asking for a package', () => {
  it('encodes the slash of a scope, below the path of the registry', async () => {
    server.answer('/npm/private/@acme%2fx', { body: packument('@acme/x', '1.0.0') });
    await using below = openRepository({ url: `${server.origin}/npm/private` });
    expect(versionsOf(await below.poll({ name: '@acme/x' }))).toEqual(['1.0.0']);
  });

  it('asks for the full document once, and then whether its ETag still holds', async () => {
    server.answer('/x', withEtag('"one"', packument('x', '1.0.0')), {
      status: 304,
      headers: { etag: '"one"' },
    });
    const first = await repository.poll({ name: 'x' });
    expect(await repository.poll({ name: 'x' }, cursorOf(first))).toMatchObject({ unchanged: true });
    expect(server.requests.map(({ headers }) => [headers.accept, headers['if-none-match']])).toEqual([
      ['application/json', undefined],
      ['application/json', '"one"'],
    ]);
  });

  it('sees a new document behind a new ETag', async () => {
    server.answer(
      '/x',
      withEtag('"one"', packument('x', '1.0.0')),
      withEtag('"two"', packument('x', '1.0.0', '1.1.0')),
    );
    const first = await repository.poll({ name: 'x' });
    expect(versionsOf(await repository.poll({ name: 'x' }, cursorOf(first)))).toEqual(['1.0.0', '1.1.0']);
  });

  it('compares the bodies where the registry gives no ETag', async () => {
    const [one, two] = [packument('x', '1.0.0'), packument('x', '1.0.0', '1.0.1')];
    server.answer(
      '/x',
      { body: one, headers: { 'last-modified': 'Tue, 01 Jan 2030 00:00:00 GMT' } },
      { body: one },
      { body: two },
    );
    const first = await repository.poll({ name: 'x' });
    expect(await repository.poll({ name: 'x' }, cursorOf(first))).toMatchObject({ unchanged: true });
    expect(versionsOf(await repository.poll({ name: 'x' }, cursorOf(first)))).toEqual(['1.0.0', '1.0.1']);
    expect(server.requests.every(({ headers }) => headers['if-modified-since'] === undefined)).toBe(true);
  });

  it('takes the same ETag for the same document where the registry ignores If-None-Match', async () => {
    server.answer('/x', withEtag('"one"', packument('x', '1.0.0')));
    const first = await repository.poll({ name: 'x' });
    expect(await repository.poll({ name: 'x' }, cursorOf(first))).toMatchObject({ unchanged: true });
  });

  it('asks anew where the cursor is from another address, or none of ours', async () => {
    server.answer('/x', withEtag('"one"', packument('x', '1.0.0')));
    server.answer('/other/x', withEtag('"one"', packument('x', '1.0.0')));
    await using elsewhere = openRepository({ url: `${server.origin}/other/` });
    const cursor = cursorOf(await elsewhere.poll({ name: 'x' }));
    for (const strange of [cursor, '', 'null', '{}', '"x"', '{"url":7}']) {
      expect(versionsOf(await repository.poll({ name: 'x' }, strange))).toEqual(['1.0.0']);
    }
    expect(server.requests.every(({ headers }) => headers['if-none-match'] === undefined)).toBe(true);
  });

  it('hashes the body where the ETag is too long to be kept', async () => {
    server.answer('/x', withEtag(`"${'e'.repeat(5000)}"`, packument('x', '1.0.0')));
    expect(cursorOf(await repository.poll({ name: 'x' })).length).toBeLessThan(1000);
  });

  it('takes the abbreviated document where the full one is too large, and stays with it', async () => {
    const large = JSON.stringify({ name: 'x', readme: 'x'.repeat(33 * 1024 * 1024) });
    const small = withEtag('"small"', packument('x', '1.0.0'));
    server.answer('/x', { body: large }, { body: large }, small, {
      status: 304,
      headers: { etag: '"small"' },
    });
    const first = await repository.poll({ name: 'x' });
    expect(versionsOf(first)).toEqual(['1.0.0']);
    expect(await repository.poll({ name: 'x' }, cursorOf(first))).toMatchObject({ unchanged: true });
    const abbreviated = 'application/vnd.npm.install-v1+json';
    expect(server.requests.map(({ headers }) => [headers.accept, headers['if-none-match']])).toEqual([
      ['application/json', undefined],
      ['application/json', undefined],
      [abbreviated, undefined],
      [abbreviated, '"small"'],
    ]);
  });

  it('asks again for large documents, with more room', async () => {
    const padding = 'x'.repeat(5 * 1024 * 1024);
    const serve = (name: string, readme?: string) =>
      server.answer(`/${name}`, { body: JSON.stringify({ name, versions: { '1.0.0': {} }, readme }) });
    const large = ['large-1', 'large-2', 'large-3'];
    for (const name of large) serve(name, padding);
    serve('small');
    const answers = await repository.pollAll([...large, 'small']);
    expect([...answers.values()].map(versionsOf)).toEqual([['1.0.0'], ['1.0.0'], ['1.0.0'], ['1.0.0']]);
    expect([...answers.keys()].toSorted()).toEqual([...large, 'small']);
    expect(server.requests).toHaveLength(7);
  });
});

describe('the answer for a package', () => {
  it.each<[string, ScriptedAnswer, PluginErrorCode]>([
    ['that is missing', { status: 404, body: '{"error":"not_found"}' }, 'NOT_FOUND'],
    [
      'behind a login page',
      { headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Sign in</title>' },
      'MALFORMED',
    ],
    ['that is cut off', { body: '{"name": "x", "versions": {"1.0' }, 'MALFORMED'],
    ['that is another one', { body: packument('y', '1.0.0') }, 'MALFORMED'],
    ['without versions', { body: packument('x') }, 'MALFORMED'],
    ['that may not be read', { status: 403 }, 'FORBIDDEN'],
  ])('%s is a coded problem and spoils no other', async (_, broken, code) => {
    server.answer('/x', broken);
    server.answer('/fine', { body: packument('fine', '1.0.0') });
    const answers = await repository.pollAll(['x', 'fine']);
    expect(problemOf(answers.get('x'))).toBe(code);
    expect(answers.get('fine')).toHaveProperty('revisions');
  });

  it('that was unpublished is an empty set', async () => {
    server.answer('/x', {
      body: JSON.stringify({ name: 'x', time: { unpublished: { time: '2024-01-01T00:00:00Z' } } }),
    });
    expect(versionsOf(await repository.poll({ name: 'x' }))).toEqual([]);
    const problem = { code: 'NOT_FOUND', message: '"x" has no dist-tag "latest": it was unpublished' };
    expect(await repository.poll({ name: 'x', tag: 'latest' })).toMatchObject({ problem });
  });

  it('names the version that a followed dist-tag points at, backwards too', async () => {
    const tagged = (latest: string) =>
      JSON.stringify({ ...JSON.parse(packument('x', '1.0.0', '2.0.0')), 'dist-tags': { latest } });
    server.answer('/x', withEtag('"1"', tagged('2.0.0')), withEtag('"2"', tagged('1.0.0')));
    const first = await repository.poll({ name: 'x', tag: 'latest' });
    expect(first).toMatchObject({ current: '2.0.0', revisions: [{ version: '2.0.0' }] });
    expect(await repository.poll({ name: 'x', tag: 'latest' }, cursorOf(first))).toMatchObject({
      current: '1.0.0',
      revisions: [{ version: '1.0.0' }],
    });
  });
});

describe('checking a registry of which no package is configured', () => {
  const asked = '/sluice-check-of-a-package-that-nobody-has';

  it('asks as a poll asks, and neither for a ping nor for its address', async () => {
    await expect(repository.check()).resolves.toBeUndefined();
    expect(server.requests.map(({ path }) => path)).toEqual([asked]);
    expect(repository.remarks).toEqual([]);
  });

  it('says that it cannot tell where the answer is 403, as some registries give it for what is not there', async () => {
    server.answer(asked, { status: 403 });
    await expect(repository.check()).resolves.toBeUndefined();
    expect(repository.remarks).toEqual([expect.stringContaining('answered 403')]);
  });

  it.each<[string, ScriptedAnswer, PluginErrorCode]>([
    ['a login page', { headers: { 'content-type': 'text/html' }, body: '<html></html>' }, 'MALFORMED'],
    ['a refusal', { status: 401 }, 'UNAUTHORIZED'],
    ['a server in trouble', { status: 503 }, 'UNREACHABLE'],
  ])('fails on %s', async (_, answer, code) => {
    server.answer(asked, answer);
    await expect(repository.check()).rejects.toMatchObject({ code });
  });
});

describe('credentials', () => {
  const secret = 'not-for-everyone';

  it.each([
    ['a token', { token: secret }, `Bearer ${secret}`],
    [
      'a name and password',
      { username: 'u', password: secret },
      `Basic ${Buffer.from(`u:${secret}`).toString('base64')}`,
    ],
  ])('are sent as %s', async (_, settings, expected) => {
    server.answer('/x', { body: packument('x', '1.0.0') });
    await using proven = openRepository({ url: server.origin, ...settings });
    await proven.poll({ name: 'x' });
    expect(server.requests[0]?.headers.authorization).toBe(expected);
  });
});
