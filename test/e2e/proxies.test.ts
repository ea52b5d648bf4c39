import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumBrowser, openBrowser, openPage } from '../support/browser.ts';
import { readEvents } from '../support/event-reader.ts';
import {
  bareNginx,
  haproxy,
  nginx,
  type Running,
  readDocumented,
  startHaproxy,
  startNginx,
} from '../support/proxies.ts';
import { describeWith, type Requirement } from '../support/requirement.ts';
import { type ScriptedRegistry, startScriptedRegistry } from '../support/scripted-registry.ts';
import { openWorkplace, type Server, type Workplace } from '../support/sluice.ts';
import { patienceMs } from '../support/until.ts';

const hash = (token: string) => createHash('sha256').update(token).digest('hex');
const everybody = ['alice', 'victor'];

const describeConfig = (registry: string, people: readonly string[]) => `
server: { port: 0, trustProxy: true }
access:
  tokens:
${people.map((name) => `    ${name}: { sha256: [${hash(name)}], roles: [${name === 'alice' ? 'admin' : 'viewer'}] }`).join('\n')}
repositories: { shop: { plugin: npm, config: { url: "${registry}" }, poll: { manual: true }, packages: { it: { config: { name: watched } } } } }
pipelines:
  web: { materials: [{ package: shop/it }], stages: [{ name: deploy, approval: manual, jobs: { it: { run: 'true' } } }] }
`;

const proxies: readonly [string, Requirement, (upstream: string) => Promise<Running>][] = [
  ['nginx with nothing but proxy_pass', nginx, (upstream) => startNginx(bareNginx(upstream))],
  [
    'nginx as docs/operations.md has it',
    nginx,
    async (upstream) => startNginx(await readDocumented('nginx', upstream)),
  ],
  [
    'HAProxy as docs/operations.md has it',
    haproxy,
    async (upstream) => startHaproxy(await readDocumented('haproxy', upstream)),
  ],
];

for (const [index, [title, requirement, start]] of proxies.entries()) {
  describeWith(requirement, `behind ${title}`, () => {
    const ending = new AsyncDisposableStack();
    let registry: ScriptedRegistry;
    let place: Workplace;
    let server: Server;
    let proxy: Running;
    let patch = 0;
    beforeAll(async () => {
      registry = ending.adopt(await startScriptedRegistry(), (one) => one.close());
      place = ending.adopt(await openWorkplace(), (one) => one.remove());
      await place.configure(describeConfig(registry.url, everybody));
      server = await place.serve();
      proxy = ending.adopt(await start(server.url), (one) => one.close());
      await publish();
    });
    afterAll(() => ending.disposeAsync());

    const ask = (path: string, init: RequestInit = {}) =>
      fetch(proxy.url + path, { ...init, headers: { authorization: 'Bearer alice', ...init.headers } });
    async function publish(): Promise<string> {
      const version = `1.0.${patch++}`;
      registry.publish(version);
      const headers = { 'content-type': 'application/json' };
      const answer = await ask('/api/v1/repositories/shop/poll', {
        method: 'POST',
        headers,
        body: '{"wait":true}',
      });
      expect(answer.status).toBe(200);
      return version;
    }

    it.each(['/api/v1/events', '/live'])(
      'a stream of %s begins at once, and tells what happens when it does',
      async (path) => {
        const stream = await ask(path, { signal: AbortSignal.timeout(patienceMs) });
        await publish();
        if (path === '/live') return expect(await readUntil(stream, 'event: news')).toContain('data: ');
        const told = await readEvents(stream, ({ type }) => type === 'artifact.published');
        expect(told.at(-1)).toMatchObject({ subject: 'shop/it' });
      },
    );

    it('a form of a page is taken where the proxy says what it was asked for', async () => {
      const page = await ask('/', { headers: { accept: 'text/html' } });
      const csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
      const cookie = page.headers.getSetCookie().map((one) => one.split(';')[0]);
      const answer = await ask('/theme', {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ _csrf: csrf, theme: 'dark', back: '/' }),
        headers: { origin: proxy.url, cookie: cookie.join('; ') },
      });
      // nginx by itself names the server behind it, not what the browser asked for.
      expect(answer.status).toBe(index === 0 ? 403 : 303);
    });

    it('what changes something is written down with the address that the proxy saw', async () => {
      const headers = { 'x-forwarded-for': '203.0.113.9' };
      await ask('/api/v1/repositories/shop/poll', { method: 'POST', headers });
      const audit = (await (await ask('/api/v1/audit?subject=shop&limit=1')).json()) as {
        items: { from: string }[];
      };
      // Whoever asks may write what they like into a header that nginx by itself passes on.
      expect(audit.items[0]?.from).toBe(index === 0 ? '203.0.113.9' : '127.0.0.1');
    });

    if (index > 0) {
      describeWith(chromiumBrowser, 'a browser', () => {
        it('signs in, sees what happens, and is shown out when its token is revoked', async () => {
          const browser = ending.adopt(await openBrowser(), (one) => one.close());
          const { page, faults } = await openPage(browser, proxy.url);
          await page.goto('/');
          await page.locator('input[name=token]').fill('victor');
          await page.locator('[formaction="/sign-in"]').click();
          await page.locator('html[data-connected]').waitFor({ state: 'attached' });
          const version = await publish();
          await page.locator('#p-web', { hasText: version }).waitFor();

          await place.configure(describeConfig(registry.url, ['alice']));
          await page.locator('input[name=token]').waitFor();
          expect(await page.locator('body').innerText()).not.toContain(version);
          expect(faults()).toEqual([]);
        });
      });
    }
  });
}

async function readUntil({ body }: Response, wanted: string): Promise<string> {
  let text = '';
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk);
    if (text.includes(wanted)) return text;
  }
  throw new Error(`the stream ended with ${text}`);
}
