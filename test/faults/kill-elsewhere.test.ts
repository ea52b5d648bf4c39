// @module-tag long
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startBuildServer } from '../../core/test/targets/remote/build-server.ts';
import { buildkiteVendor } from '../../core/test/targets/remote/vendors/buildkite.ts';
import { createRandom } from '../support/random.ts';
import { startScriptedRegistry } from '../support/scripted-registry.ts';
import { openWorkplace } from '../support/sluice.ts';
import { describeStores } from '../support/stores.ts';
import { pollNow, settle } from '../support/story.ts';
import { until } from '../support/until.ts';

const rounds = 3;
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

describeStores('a server killed while it starts builds elsewhere', (place) => {
  it(`${rounds} times (SEED=${seed}): every version has exactly one build`, async () => {
    const random = createRandom(seed);
    const [store, registry] = [await place(), await startScriptedRegistry()];
    const builds = await startBuildServer(buildkiteVendor, Date.now);
    const workplace = await openWorkplace({ BUILDKITE: 'a-token' });
    await workplace.configure(`
server: { port: 0 }
store: ${store.url}
repositories:
  shop: { plugin: npm, config: { url: "${registry.url}" }, poll: { manual: true }, packages: { it: { config: { name: watched, versions: ">=0" } } } }
pipelines:
  built:
    materials: [{ package: shop/it, trigger: every }]
    stages:
      - name: build
        jobs:
          there: { buildkite: { url: ${builds.url}, organization: acme, pipeline: shop, branch: main, token: "\${env:BUILDKITE}" } }
`);
    const versions: string[] = [];
    for (let round = 1; round <= rounds; round++) {
      const server = await workplace.serve();
      const killed = Promise.withResolvers<void>();
      const when = ['request arrives', 'request is done', 'any time'][Math.floor(random() * 3)];
      builds.onCall = (call, done) => {
        const isMeant = call.method === 'POST' && when === (done ? 'request is done' : 'request arrives');
        if (isMeant) void server.stop('SIGKILL').then(killed.resolve);
      };
      versions.push(`1.${round}.0`);
      registry.publish(`1.${round}.0`);
      await pollNow(server, 'shop').catch(() => {});
      await Promise.race([killed.promise, wait(1_000 + random() * 2_000)]);
      await server.stop('SIGKILL');
    }
    builds.onCall = () => {};
    const server = await workplace.serve();
    await pollNow(server, 'shop');
    // Whoever was killed while asking waits half a minute before the server is asked for another build.
    await until(
      () =>
        settle(server).then(
          () => true,
          () => false,
        ),
      { limitMs: 400_000 },
    );
    const told = builds.all.map(({ parameters }) => Object(parameters)['GO_PACKAGE_SHOP_IT_LABEL']);
    // The first look is a baseline of one version, whenever it came.
    expect(told.toSorted()).toEqual(versions.slice(versions.indexOf(told.toSorted()[0])).toSorted());
    expect(new Set(builds.all.map(({ key }) => key)).size).toBe(builds.all.length);
    await server.stop();
    await workplace.remove();
    await Promise.all([registry.close(), store.remove()]);
    builds.close();
  });
});
