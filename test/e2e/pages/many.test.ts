import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startScriptedRegistry } from '../../support/scripted-registry.ts';
import { openWorkplace, type Server } from '../../support/sluice.ts';
import { pollNow } from '../../support/story.ts';

const pipelines = 510;
const groups = 10;

/** Every one takes the package, and waits for people. */
function describeMany(registry: string): string {
  const list = Array.from(
    { length: pipelines },
    (_, index) => `
  service-${index}: { group: team-${index % groups}, materials: [{ package: shop/it }], stages: [{ name: deploy, approval: manual, jobs: { it: { run: 'true' } } }] }`,
  );
  return `
server: { port: 0 }
repositories: { shop: { plugin: npm, config: { url: "${registry}" }, poll: { manual: true }, packages: { it: { config: { name: watched } } } } }
pipelines:${list.join('')}
`;
}

describe(`with ${pipelines} pipelines of one package`, () => {
  const ending = new AsyncDisposableStack();
  let server: Server;
  beforeAll(async () => {
    const registry = ending.adopt(await startScriptedRegistry(), (one) => one.close());
    const place = ending.adopt(await openWorkplace(), (one) => one.remove());
    registry.publish('1.0.0');
    registry.publish('1.1.0');
    await place.configure(describeMany(registry.url));
    server = await place.serve();
    await pollNow(server, 'shop');
  });
  afterAll(() => ending.disposeAsync());

  async function read(path: string): Promise<string> {
    const answer = await fetch(server.url + path);
    expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    return answer.text();
  }
  const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

  it('home shows 500 in less than 300 KB, and all to those who ask', async () => {
    const home = await read('/');
    expect(Buffer.byteLength(home)).toBeLessThan(300_000);
    expect(count(home, /<li id="p-service-/g)).toBe(500);
    expect(home).toContain(`<a class="button" href="/?show=all">Show all ${pipelines}</a>`);
    expect(count(await read('/?show=all'), /<li id="p-service-/g)).toBe(pipelines);
  });

  it('home shows more of each where few are asked for', async () => {
    expect(await read('/')).not.toContain('href="/pipelines/service-3/pause"');
    const group = await read('/?group=team-3');
    expect(count(group, /<li id="p-service-/g)).toBe(pipelines / groups);
    expect(group).toContain('href="/pipelines/service-3/pause"');
    expect(group).not.toContain('Show all');
  });

  it('a package shows some of what was decided about a version, and leads to all of it', async () => {
    const page = await read('/repositories/shop/packages/it?q=1.1.0');
    expect(count(page, /<li><a href="\/pipelines\/service-/g)).toBe(6);
    const [, path = '', all] = /<a href="(\/decisions[^"]*)">All (\d+) decisions about it/.exec(page) ?? [];
    expect(Number(all)).toBeGreaterThanOrEqual(pipelines);
    const decisions = await read(path.replaceAll('&amp;', '&'));
    expect(count(decisions, /<tr>\s*<td><time/g)).toBe(50);
    expect(decisions).not.toContain('1.0.0');
  });

  it('a promotion board shows its levels in parts, and finds one version', async () => {
    const path = '/repositories/shop/packages/it/board';
    const board = await read(path);
    expect(count(board, /<th scope="col">service-\d+ \/ deploy/g)).toBe(60);
    expect(board).toContain(`Levels 1 to 60 of ${pipelines}`);
    const last = await read(`${path}?level=500`);
    expect(last).toContain(`Levels 501 to ${pipelines} of ${pipelines}`);
    expect(Buffer.byteLength(board)).toBeLessThan(300_000);
    const one = await read(`${path}?q=1.0.0`);
    expect(count(one, /<th scope="row">/g)).toBe(1);
    expect(await read(`${path}?q=9.9.9`)).toContain('No version is like that');
  });
});
