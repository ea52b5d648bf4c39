import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import {
  type AnsweredRun,
  beginWith,
  describePeople,
  note,
  type PromotionStory,
} from '../../support/promotion-story.ts';
import { describeStores } from '../../support/stores.ts';

/** A plugin whose repository is a JSON file, so that a revision may have whatever data there is. */
const plugin = join(import.meta.dirname, '../../../core/test/polling/fixtures/shelf.ts');
const hasPassed = ({ status }: AnsweredRun) => status === 'passed';

const describeConfiguration = (registry: string, store: string) => `${describePeople()}
server: { port: 0 }
store: ${store}
plugins: ["${plugin}"]
repositories:
  npmjs:
    plugin: npm
    config: { url: "${registry}" }
    poll: { manual: true }
    packages: { web: { config: { name: watched } } }
  shelf:
    plugin: shelf
    config: { file: "shelf.json" }
    poll: { manual: true }
    packages: { image: { config: { name: image } } }
pipelines:
  build:
    materials: [{ package: npmjs/web, trigger: every }]
    publishes: [shelf/image]
    stages: [{ name: package, jobs: { it: { run: 'true' } } }]
  deploy:
    materials: [{ package: shelf/image, trigger: every, as: IMAGE }]
    stages: [{ name: ship, jobs: ${note('$GO_PACKAGE_IMAGE_LABEL from $GO_PACKAGE_IMAGE_SLUICE_RUN')} }]
`;

describeStores('the value stream across a repository', (placeStore) => {
  let story: PromotionStory | undefined;
  afterEach(() => story?.end());

  it('follows the run that a revision names in its data, whatever its version', async () => {
    const at = await placeStore();
    story = await beginWith((registry) => describeConfiguration(registry, at.url));
    const { publish, untilRun, ask, post, place } = story;
    await publish('1.0.0');
    await publish('1.1.0');
    await untilRun('build', 2, hasPassed);
    const revisions = [
      { version: '20.1', digests: { sha256: 'ab'.repeat(32) }, data: { SLUICE_RUN: 'build/1' } },
    ];
    await writeFile(
      join(place.directory, 'shelf.json'),
      JSON.stringify({ packages: { image: { revisions } } }),
    );
    expect((await post('ada', '/repositories/shelf/poll', { wait: true })).status).toBe(200);
    await untilRun('deploy', 1, hasPassed);
    expect(await place.lines('done')).toEqual(['20.1 from build/1']);
    const readEdges = async (path: string) => {
      const { body } = await ask<{ edges: readonly { from: string; to: string }[] }>(
        'victor',
        `${path}/value-stream`,
      );
      return body.edges.map(({ from, to }) => `${from} > ${to}`).toSorted();
    };
    const whole = ['build/1 > shelf/image@20.1', 'npmjs/web@1.0.0 > build/1', 'shelf/image@20.1 > deploy/1'];
    expect(await readEdges('/pipelines/deploy/runs/1')).toEqual(whole);
    expect(await readEdges('/pipelines/build/runs/1')).toEqual(whole);
    expect(await readEdges('/repositories/npmjs/packages/web/revisions/1.0.0')).toEqual(whole);
    expect(await readEdges('/repositories/npmjs/packages/web/revisions/1.1.0')).toEqual([
      'npmjs/web@1.1.0 > build/2',
    ]);
    await at.remove();
  });
});
