import { createHash } from 'node:crypto';
import type { PackageAnswer, Revision } from '@sluice/plugin-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVerdaccio, type Verdaccio } from '../../../test/support/verdaccio.ts';
import { cursorOf, type OpenedRepository, openRepository, versionsOf } from './support/repository.ts';

let registry: Verdaccio;
let repository: OpenedRepository;

beforeAll(async () => {
  registry = await startVerdaccio();
  repository = openRepository({ url: registry.url, token: registry.token });
});
afterAll(async () => {
  await repository?.[Symbol.asyncDispose]();
  await registry?.close();
});

function revisionOf(answer: PackageAnswer, version: string): Revision | undefined {
  return 'revisions' in answer
    ? answer.revisions.find((revision) => revision.version === version)
    : undefined;
}

describe('a real registry, published to by the real npm client', () => {
  it('can be reached', async () => {
    await expect(repository.check()).resolves.toBeUndefined();
  });

  it('tells of a publication: the bytes, where and when', async () => {
    const before = Date.now() - 2_000;
    await registry.publish('@acme/told', '1.0.0', {
      manifest: {
        description: 'Tells',
        repository: 'github:acme/told',
        homepage: 'https://told.example.com/',
      },
    });
    const answer = await repository.poll({ name: '@acme/told' });
    const revision = revisionOf(answer, '1.0.0');
    expect(revision).toMatchObject({
      comment: 'Tells',
      trackbackUrl: 'https://github.com/acme/told',
      purl: 'pkg:npm/%40acme/told@1.0.0',
      standing: 'ok',
    });
    expect(revision?.publishedAt).toBeGreaterThan(before);
    const tarball = await fetch(revision?.location ?? '').then((response) => response.bytes());
    expect(revision?.digests).toEqual({
      sha512: createHash('sha512').update(tarball).digest('hex'),
      sha1: createHash('sha1').update(tarball).digest('hex'),
    });
  });

  it('is unchanged until something is published, and then tells all that came', async () => {
    await registry.publish('growing', '1.0.0');
    const first = await repository.poll({ name: 'growing' });
    expect(await repository.poll({ name: 'growing' }, cursorOf(first))).toMatchObject({ unchanged: true });
    await registry.publish('growing', '1.1.0');
    await registry.publish('growing', '1.0.1', { tag: 'backport' });
    await registry.publish('growing', '2.0.0-rc.1', { tag: 'next' });
    const second = await repository.poll({ name: 'growing', prereleases: true }, cursorOf(first));
    expect(versionsOf(second).toSorted()).toEqual(['1.0.0', '1.0.1', '1.1.0', '2.0.0-rc.1']);
    expect(versionsOf(await repository.poll({ name: 'growing' }))).not.toContain('2.0.0-rc.1');
  });

  it('tells of a deprecation and of its end', async () => {
    await registry.put('stale', '1.0.0');
    await registry.npm(['deprecate', 'stale@1.0.0', 'use fresh']);
    const deprecated = await repository.poll({ name: 'stale' });
    expect(revisionOf(deprecated, '1.0.0')).toMatchObject({ standing: 'deprecated', warning: 'use fresh' });
    await registry.npm(['deprecate', 'stale@1.0.0', '']);
    const again = await repository.poll({ name: 'stale' }, cursorOf(deprecated));
    expect(revisionOf(again, '1.0.0')).toMatchObject({ standing: 'ok' });
  });

  it('moves a dist-tag forwards and back', async () => {
    await registry.put('moving', '1.0.0');
    await registry.put('moving', '2.0.0');
    const at2 = await repository.poll({ name: 'moving', tag: 'latest' });
    expect(at2).toMatchObject({ current: '2.0.0' });
    await registry.npm(['dist-tag', 'add', 'moving@1.0.0', 'latest']);
    const at1 = await repository.poll({ name: 'moving', tag: 'latest' }, cursorOf(at2));
    expect(at1).toMatchObject({ current: '1.0.0' });
  });

  it('no longer lists what was unpublished, and then not the package', async () => {
    await registry.put('leaving', '1.0.0');
    await registry.put('leaving', '1.1.0');
    const both = await repository.poll({ name: 'leaving' });
    await registry.npm(['unpublish', 'leaving@1.1.0']);
    expect(versionsOf(await repository.poll({ name: 'leaving' }, cursorOf(both)))).toEqual(['1.0.0']);
    await registry.npm(['unpublish', 'leaving', '--force']);
    const gone = await repository.poll({ name: 'leaving' }, cursorOf(both));
    expect(gone).toMatchObject({
      problem: { code: 'NOT_FOUND', message: expect.stringContaining('"leaving"') },
    });
  });

  it('shows a private package to whoever proves himself, by token, by password, or as the machine is configured', async () => {
    await registry.put('@private/x', '1.0.0');
    const { url, token, username, password } = registry;
    const machine = { NPM_CONFIG_REGISTRY: url, [`npm_config_//${new URL(url).host}/:_authToken`]: token };
    await using byPassword = openRepository({ url, username, password });
    await using byMachine = openRepository({}, { environment: machine });
    for (const proven of [repository, byPassword, byMachine]) {
      expect(versionsOf(await proven.poll({ name: '@private/x' }))).toEqual(['1.0.0']);
    }
    await using anonymous = openRepository({ url });
    expect(await anonymous.poll({ name: '@private/x' })).toMatchObject({ problem: { code: 'UNAUTHORIZED' } });
  });
});
