// @module-tag long
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Deployment, type Maven, mavenRequirement, setUpMaven } from '../support/maven.ts';
import { type MavenRepository, startMavenRepository } from '../support/maven-repository.ts';
import { describeWith } from '../support/requirement.ts';
import { openWorkplace, type Server, type Workplace } from '../support/sluice.ts';
import { type NotedRun, pollNow, readRuns, settle } from '../support/story.ts';

/** A deployment takes seconds, and many where the machine is busy; in milliseconds. */
const deploymentsMs = 300_000;
let maven: Maven;
let repository: MavenRepository;
let place: Workplace;
let server: Server;

/** Artifacts that a pipeline each listens to; its job notes what it was given. */
function describeHouse(packages: Readonly<Record<string, string>>): string {
  const watched = Object.entries(packages).map(
    ([name, settings]) => `      ${name}: { config: { groupId: com.acme, ${settings} } }`,
  );
  const pipelines = Object.keys(packages).map(
    (name) => `
  ${name}:
    materials: [{ package: nexus/${name}, trigger: every, as: IT }]
    stages:
      - name: note
        jobs:
          note:
            run: 'echo "$GO_PIPELINE_NAME $GO_PIPELINE_COUNTER $GO_PACKAGE_IT_LABEL $SLUICE_PACKAGE_IT_DIGEST $GO_PACKAGE_IT_LOCATION $GO_PACKAGE_IT_VERSION" >> "$HOME/runs"'`,
  );
  return `
server: { port: 0 }
store: sqlite:sluice.db
repositories:
  nexus:
    plugin: maven
    config: { url: "${repository.url}", server: deploy-target, settings: "${maven.settings}" }
    poll: { manual: true }
    packages:
${watched.join('\n')}
pipelines:${pipelines.join('')}
`;
}

async function deploy(deployment: Omit<Deployment, 'groupId'>): Promise<void> {
  await maven.deploy(repository.url, { groupId: 'com.acme', ...deployment });
}

async function poll(): Promise<readonly NotedRun[]> {
  await pollNow(server, 'nexus');
  await settle(server);
  return readRuns(place);
}

/** The digest of what is where a run's job was sent, as it was recorded. */
async function downloadDigest({ location }: NotedRun): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${repository.username}:${repository.password}`).toString('base64')}`;
  const answer = await fetch(location, { headers: { authorization } });
  if (!answer.ok) throw new Error(`GET ${location}: ${answer.status}`);
  return `sha1:${createHash('sha1')
    .update(await answer.bytes())
    .digest('hex')}`;
}

describeWith(mavenRequirement, 'a deployment by real Maven', () => {
  beforeAll(async () => {
    repository = await startMavenRepository();
    maven = await setUpMaven(repository);
  });
  afterAll(async () => {
    await maven?.remove();
    await repository?.close();
  });
  afterEach(() => place?.remove());

  it(
    'starts a run with exactly the bytes that were deployed: releases, a classifier, a web application, builds of a snapshot',
    async () => {
      await deploy({
        artifactId: 'pad',
        version: '1.0',
        text: 'pad 1.0',
        classified: { dist: 'dist of 1.0' },
      });
      await deploy({ artifactId: 'shop', version: '3.0', packaging: 'war', text: 'shop 3.0' });
      place = await openWorkplace();
      await place.configure(
        describeHouse({
          pad: 'artifactId: pad, versions: "[1.0,2.0)"',
          dist: 'artifactId: pad, classifier: dist',
          shop: 'artifactId: shop, packaging: war',
          nightly: 'artifactId: pad, versions: "[1.2-SNAPSHOT,)", snapshots: true',
        }),
      );
      server = await place.serve();
      const first = await poll();
      expect(namesOf(first)).toEqual(['dist 1.0', 'pad 1.0', 'shop 3.0']);

      await deploy({ artifactId: 'pad', version: '1.1', text: 'pad 1.1' });
      await deploy({ artifactId: 'pad', version: '1.0.1', text: 'pad 1.0.1' });
      await deploy({ artifactId: 'pad', version: '1.2-SNAPSHOT', text: 'build 1' });
      const second = (await poll()).slice(first.length);
      // What has no such file is not there: `dist` hears of none of these.
      const build = expect.stringMatching(/^nightly 1\.2-\d{8}\.\d{6}-1$/);
      expect(namesOf(second)).toEqual([build, 'pad 1.0.1', 'pad 1.1']);

      await deploy({ artifactId: 'pad', version: '1.2-SNAPSHOT', text: 'build 2' });
      const third = (await poll()).slice(first.length + second.length);
      expect(namesOf(third)).toEqual([expect.stringMatching(/^nightly 1\.2-\d{8}\.\d{6}-2$/)]);

      const runs = await readRuns(place);
      expect(runs).toHaveLength(7);
      for (const run of runs)
        expect(await downloadDigest(run), `${run.pipeline} ${run.version}`).toBe(run.digest);
      expect(await poll()).toEqual(runs);
    },
    deploymentsMs,
  );
});

function namesOf(runs: readonly NotedRun[]): readonly string[] {
  return runs.map(({ pipeline, version }) => `${pipeline} ${version}`).toSorted();
}
