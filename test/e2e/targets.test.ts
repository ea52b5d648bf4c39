import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuildServer, startBuildServer } from '../../core/test/targets/remote/build-server.ts';
import { buildkiteVendor } from '../../core/test/targets/remote/vendors/buildkite.ts';
import { type ScriptedRegistry, startScriptedRegistry } from '../support/scripted-registry.ts';
import { openWorkplace, type Server, type Workplace } from '../support/sluice.ts';
import { pollNow } from '../support/story.ts';
import { until } from '../support/until.ts';

interface Run {
  readonly status: string;
  readonly stages: readonly {
    readonly jobs: readonly {
      readonly status: string;
      readonly link: string | null;
      readonly message: string | null;
    }[];
  }[];
}

let registry: ScriptedRegistry;
let builds: BuildServer;
let place: Workplace;
let server: Server;
const received: { readonly callback: { readonly url: string; readonly expires: string } }[] = [];
const receiver = createServer(async (request, response) => {
  received.push(JSON.parse(await text(request)).data);
  response.writeHead(202).end();
});

beforeAll(async () => {
  registry = await startScriptedRegistry();
  builds = await startBuildServer(buildkiteVendor, Date.now);
  builds.script = ['running'];
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  place = await openWorkplace({ BUILDKITE: 'a-token', HOOK: 'a-hook-secret' });
  await place.configure(`
server: { port: 0 }
repositories:
  shop: { plugin: npm, config: { url: "${registry.url}" }, poll: { manual: true }, packages: { it: { config: { name: watched } } } }
pipelines:
  built:
    materials: [{ package: shop/it }]
    stages:
      - name: build
        jobs:
          there:
            buildkite:
              url: ${builds.url}
              organization: acme
              pipeline: shop
              branch: main
              token: "\${env:BUILDKITE}"
              hookSecret: "\${env:HOOK}"
  told:
    materials: [{ package: shop/it }]
    stages: [{ name: tell, jobs: { it: { webhook: { url: "http://127.0.0.1:${address.port}/", wait: true } } } }]
`);
  server = await place.serve();
  registry.publish('1.0.0');
  await pollNow(server, 'shop');
});
afterAll(async () => {
  await place?.remove();
  await registry?.close();
  builds?.close();
  receiver.close();
});

const readRun = async (pipeline: string) => (await server.get(`/api/v1/pipelines/${pipeline}/runs/1`)) as Run;
const post = async (url: string, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
  const init = {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  };
  const answer = await fetch(url, init);
  return { status: answer.status, body: await answer.json() };
};

describe('a build on another server', () => {
  it('shows its link while it runs, and ends as soon as its server says that there is something to look at', async () => {
    const link = `${builds.url}/acme/shop/builds/1`;
    await until(async () => (await readRun('built')).stages[0]?.jobs[0]?.link === link);
    const hook = `${server.url}/api/v1/hooks/jobs/built`;
    expect(await post(hook, {})).toMatchObject({ status: 401 });
    expect(await post(hook, {}, { 'x-buildkite-token': 'wrong' })).toMatchObject({ status: 401 });
    expect(
      await post(`${server.url}/api/v1/hooks/jobs/told`, {}, { 'x-buildkite-token': 'a-hook-secret' }),
    ).toMatchObject({
      status: 404,
    });
    builds.all[0]?.script.push('passed');
    // Said to be passed, which is not believed: it is looked at.
    const looked = await post(hook, { event: 'build.finished' }, { 'x-buildkite-token': 'a-hook-secret' });
    expect(looked).toEqual({ status: 202, body: { looking: 1 } });
    await until(async () => (await readRun('built')).status === 'passed');
    expect(builds.all).toHaveLength(1);
    expect(server.output()).not.toContain('a-token');
  });
});

describe('a webhook that waits', () => {
  it('has its result from the report to its address, once, over a restart of the server', async () => {
    const { callback } = await until(() => received[0]);
    expect(callback.url.startsWith(`${server.url}/api/v1/callbacks/`)).toBe(true);
    const forged = callback.url.replace(/signature=.*/, 'signature=forged');
    expect(await post(forged, { status: 'passed' })).toMatchObject({ status: 401 });
    const prolonged = callback.url.replace(/expires=\d+/, 'expires=9999999999999');
    expect(await post(prolonged, { status: 'passed' })).toMatchObject({ status: 401 });
    expect(await post(callback.url, { status: 'perhaps' })).toMatchObject({ status: 400 });

    await server.stop('SIGKILL');
    server = await place.serve();
    const here = callback.url.replace(/^http:\/\/[^/]+/, server.url);
    expect(await post(here, { status: 'failed', message: 'two tests broke' })).toEqual({
      status: 200,
      body: { reported: true },
    });
    expect(await post(here, { status: 'failed', message: 'two tests broke' })).toMatchObject({ status: 200 });
    expect(await post(here, { status: 'passed' })).toMatchObject({ status: 409 });
    const run = await until(async () => {
      const found = await readRun('told');
      return found.status === 'failed' && found;
    });
    expect(run.stages[0]?.jobs[0]).toMatchObject({
      status: 'failed',
      message: 'two tests broke',
      link: null,
    });
    expect(received).toHaveLength(1);
  });
});
