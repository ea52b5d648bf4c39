import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Description, PackageAnswer } from '@sluice/plugin-sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Maven, mavenRequirement, setUpMaven } from '../../../test/support/maven.ts';
import { type MavenRepository, startMavenRepository } from '../../../test/support/maven-repository.ts';
import { describeWith } from '../../../test/support/requirement.ts';
import {
  cursorOf,
  leftPad,
  type OpenedRepository,
  openRepository,
  versionsOf,
} from './support/repository.ts';

/** A deployment takes seconds, and many where the machine is busy; in milliseconds. */
const deploymentsMs = 300_000;
const pom = `<url>https://acme.example/left-pad</url><name>Left pad</name>
  <licenses><license><url>https://license.example</url></license></licenses><organization><name>Acme</name></organization>`;
const wanted = { snapshots: true };
let maven: Maven;
let server: MavenRepository;
let repository: OpenedRepository;

describeWith(mavenRequirement, 'a repository that real Maven deploys to', () => {
  beforeAll(async () => {
    server = await startMavenRepository();
    maven = await setUpMaven(server);
    // The credentials that Maven itself uses.
    repository = openRepository({ url: server.url, server: 'deploy-target', settings: maven.settings });
  });
  afterAll(async () => {
    await repository?.[Symbol.asyncDispose]();
    await maven?.remove();
    await server?.close();
  });

  const deploy = (version: string, text: string, more: object = {}) =>
    maven.deploy(server.url, { ...leftPad, version, text, ...more });
  const download = (location: string | undefined) => {
    const authorization = `Basic ${Buffer.from(`${server.username}:${server.password}`).toString('base64')}`;
    return fetch(location ?? '', { headers: { authorization } }).then((response) => response.text());
  };

  /** What is told of one version, with what was downloaded from where it is said to be. */
  async function describeOne(
    version: string,
    config: Readonly<Record<string, unknown>> = {},
  ): Promise<{ readonly described: Description | undefined; readonly text: string }> {
    const [described] = await repository.describe(config, [version]);
    if (described === undefined || described === 'absent' || described instanceof Error)
      return { described, text: '' };
    return { described, text: await download(described.location) };
  }

  it('can be reached, and shows nothing to others', async () => {
    await expect(repository.check()).resolves.toBeUndefined();
    await using stranger = openRepository({ url: server.url });
    await expect(stranger.check()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await stranger.poll()).toMatchObject({ problem: { code: 'UNAUTHORIZED' } });
  });

  it(
    'tells of releases, a backport too, what they are and where',
    async () => {
      await deploy('1.0', 'the bytes of 1.0', { pom, classified: { dist: 'the dist of 1.0' } });
      const before = await repository.poll();
      expect(versionsOf(before)).toEqual(['1.0']);
      expect(await repository.poll({}, cursorOf(before))).toMatchObject({ unchanged: true });
      await deploy('1.1', 'the bytes of 1.1');
      await deploy('1.0.1', 'the bytes of 1.0.1');
      const after = await repository.poll({}, cursorOf(before));
      expect(versionsOf(after)).toEqual(['1.0', '1.1', '1.0.1']);
      expect(await repository.poll({ follow: 'release' })).toMatchObject({ current: '1.0.1' });

      const one = await describeOne('1.0');
      expect(one.text).toBe('the bytes of 1.0');
      expect(one.described).toMatchObject({
        digests: { sha1: sha1(one.text) },
        publishedAt: expect.closeTo(Date.now(), -6),
        publisher: 'Acme',
        comment: 'Left pad',
        trackbackUrl: 'https://acme.example/left-pad',
      });
      expect((await describeOne('1.0', { classifier: 'dist' })).text).toBe('the dist of 1.0');
      expect((await describeOne('1.1', { classifier: 'dist' })).described).toBe('absent');
    },
    deploymentsMs,
  );

  it(
    'tells of a web application by its packaging',
    async () => {
      await maven.deploy(server.url, {
        groupId: 'com.acme.web',
        artifactId: 'shop',
        version: '2.0',
        packaging: 'war',
        text: 'a war',
      });
      const shop = { groupId: 'com.acme.web', artifactId: 'shop', packaging: 'war' };
      expect(versionsOf(await repository.poll(shop))).toEqual(['2.0']);
      expect(await describeOne('2.0', shop)).toMatchObject({
        text: 'a war',
        described: { digests: { sha1: sha1('a war') } },
      });
      expect((await describeOne('2.0', { ...shop, packaging: 'jar' })).described).toBe('absent');
    },
    deploymentsMs,
  );

  it(
    'tells of each build of a snapshot',
    async () => {
      await deploy('1.2-SNAPSHOT', 'build 1', { classified: { dist: 'dist of build 1' } });
      const before = await repository.poll(wanted);
      const [first = ''] = buildsOf(before);
      expect(first).toMatch(/^1\.2-\d{8}\.\d{6}-1$/);
      await deploy('1.2-SNAPSHOT', 'build 2');
      const after = await repository.poll(wanted, cursorOf(before));
      const [second = ''] = buildsOf(after);
      expect(second).toMatch(/^1\.2-\d{8}\.\d{6}-2$/);
      expect(after).toMatchObject({ removed: [] });
      for (const [version, text] of [
        [first, 'build 1'],
        [second, 'build 2'],
      ] as const) {
        expect(await describeOne(version, wanted)).toMatchObject({
          text,
          described: { digests: { sha1: sha1(text) }, data: { VERSION: '1.2-SNAPSHOT' } },
        });
      }
      // Maven's metadata names the newest build that has the file.
      expect(buildsOf(await repository.poll({ ...wanted, classifier: 'dist' }))).toEqual([first]);
      expect(await repository.poll({ ...wanted, follow: 'release' })).toMatchObject({ current: '1.0.1' });
    },
    deploymentsMs,
  );

  it(
    'may be a directory',
    async () => {
      const directory = await mkdtemp(join(tmpdir(), 'sluice-maven-files-'));
      try {
        const url = pathToFileURL(directory).href;
        await using files = openRepository({ url });
        for (const version of ['1.0', '1.1-SNAPSHOT'])
          await maven.deploy(url, { ...leftPad, version, text: version, pom });
        const answer = await files.poll(wanted);
        expect(versionsOf(answer)).toEqual(['1.0', expect.stringMatching(/^1\.1-\d{8}\.\d{6}-1$/)]);
        expect(await files.describe(wanted, versionsOf(answer))).toMatchObject([
          {
            digests: { sha1: sha1('1.0') },
            trackbackUrl: 'https://acme.example/left-pad',
            location: `${url}/com/acme/left-pad/1.0/left-pad-1.0.jar`,
          },
          { digests: { sha1: sha1('1.1-SNAPSHOT') }, data: { VERSION: '1.1-SNAPSHOT' } },
        ]);
      } finally {
        await rm(directory, { recursive: true });
      }
    },
    deploymentsMs,
  );
});

function buildsOf(answer: PackageAnswer): readonly string[] {
  return versionsOf(answer).filter((version) => version.startsWith('1.2-'));
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
