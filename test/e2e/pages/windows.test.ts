import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumBrowser, openBrowser } from '../../support/browser.ts';
import { describeWith } from '../../support/requirement.ts';
import { type ScriptedRegistry, startScriptedRegistry } from '../../support/scripted-registry.ts';
import { openWorkplace, type Server } from '../../support/sluice.ts';
import { pollNow } from '../../support/story.ts';
import { patienceMs, until } from '../../support/until.ts';

const windows = 20;

const describeConfig = (registry: string) => `
server: { port: 0 }
repositories: { shop: { plugin: npm, config: { url: "${registry}" }, poll: { manual: true }, packages: { it: { config: { name: watched } } } } }
pipelines:
  web: { materials: [{ package: shop/it }], stages: [{ name: deploy, approval: manual, jobs: { it: { run: 'true' } } }] }
`;

describeWith(chromiumBrowser, `${windows} windows of one browser`, () => {
  const ending = new AsyncDisposableStack();
  let server: Server;
  let registry: ScriptedRegistry;
  let browser: Browser;
  /** The connections that the test itself keeps. */
  let own = 0;
  beforeAll(async () => {
    registry = ending.adopt(await startScriptedRegistry(), (one) => one.close());
    const place = ending.adopt(await openWorkplace(), (one) => one.remove());
    await place.configure(describeConfig(registry.url));
    server = await place.serve();
    browser = ending.adopt(await openBrowser(), (one) => one.close());
    registry.publish('0.1.0');
    await pollNow(server, 'shop');
    own = await countConnections();
  });
  afterAll(() => ending.disposeAsync());

  /** How many connections the server holds, by what the kernel says of its process's port. */
  async function countConnections(): Promise<number> {
    const port = Number(new URL(server.url).port).toString(16).toUpperCase().padStart(4, '0');
    const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n');
    return lines.filter((line) =>
      new RegExp(`^ *\\d+: [0-9A-F]+:${port} [0-9A-F]+:[0-9A-F]{4} 01 `).test(line),
    ).length;
  }

  async function openWindow(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${server.url}/`);
    await page.locator('html[data-connected]').waitFor({ state: 'attached' });
    return page;
  }

  it('are all open, true and of use at once, over one stream', async () => {
    const context = await browser.newContext();
    context.setDefaultTimeout(patienceMs);
    const pages: Page[] = [];
    for (let count = 0; count < windows; count++) pages.push(await openWindow(context));
    expect(await Promise.all(pages.map((page) => page.evaluate('document.visibilityState')))).toEqual(
      Array.from(pages, () => 'visible'),
    );
    registry.publish('1.0.0');
    await pollNow(server, 'shop');
    await Promise.all(pages.map((page) => page.locator('#p-web', { hasText: '1.0.0' }).waitFor()));

    await pages[windows - 1]?.goto(`${server.url}/pipelines/web`);
    expect(await pages[windows - 1]?.locator('h1').innerText()).toContain('web');
    // What remains is the stream, and what the browser keeps for what comes: less than the six that it opens
    // at most.
    expect((await countConnections()) - own).toBeLessThanOrEqual(6);
    await context.close();
  });

  it('leave nothing behind', async () => {
    await until(async () => (await countConnections()) <= own, { describe: () => 'the end of the stream' });
  });

  it('each have a stream of their own where the browser has no shared workers', async () => {
    const context = await browser.newContext();
    context.setDefaultTimeout(patienceMs);
    await context.addInitScript('delete window.SharedWorker');
    const page = await openWindow(context);
    registry.publish('2.0.0');
    await pollNow(server, 'shop');
    await page.locator('#p-web', { hasText: '2.0.0' }).waitFor();
    await context.close();
  });
});
