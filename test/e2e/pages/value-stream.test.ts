// @module-tag long
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumBrowser, findBarriers, openBrowser, openPage } from '../../support/browser.ts';
import { describeWith } from '../../support/requirement.ts';
import { startScriptedRegistry } from '../../support/scripted-registry.ts';
import { openWorkplace, type Server } from '../../support/sluice.ts';
import { pollNow } from '../../support/story.ts';
import { until } from '../../support/until.ts';

const builds = 10;
const deploysOfEach = 49;
const size = 1 + builds * (1 + deploysOfEach);
const path = '/repositories/shop/packages/it/value-stream?version=1.0.0';

/** A version flows into ten runs, and each of them into 49 that wait for people. */
function describeTree(registry: string): string {
  const indexes = (count: number) => Array.from({ length: count }, (_, index) => index);
  const deploys = (build: number) =>
    indexes(deploysOfEach).map(
      (index) => `
  deploy-${build}-${index}: { materials: [{ pipeline: build-${build} }], stages: [{ name: ship, approval: manual, jobs: { it: { run: 'true' } } }] }`,
    );
  return `
server: { port: 0 }
repositories: { shop: { plugin: npm, config: { url: "${registry}" }, poll: { manual: true }, packages: { it: { config: { name: watched } } } } }
pipelines:${indexes(builds)
    .map(
      (build) => `
  build-${build}: { materials: [{ package: shop/it }], stages: [{ name: make, jobs: { it: { run: 'true' } } }] }${deploys(build).join('')}`,
    )
    .join('')}
`;
}

describeWith(chromiumBrowser, `a value stream of ${size} nodes`, () => {
  const ending = new AsyncDisposableStack();
  let server: Server;
  let browser: Browser;
  beforeAll(async () => {
    const registry = ending.adopt(await startScriptedRegistry(), (one) => one.close());
    const place = ending.adopt(await openWorkplace(), (one) => one.remove());
    browser = ending.adopt(await openBrowser(), (one) => one.close());
    registry.publish('1.0.0');
    await place.configure(describeTree(registry.url));
    server = await place.serve();
    await pollNow(server, 'shop');
    await until(
      async () => {
        const stream = await server.get('/api/v1/repositories/shop/packages/it/revisions/1.0.0/value-stream');
        return (stream as { readonly nodes: readonly unknown[] }).nodes.length === size;
      },
      { describe: () => `${size} nodes; the server said:\n${server.output()}` },
    );
  });
  afterAll(() => ending.disposeAsync());

  it('shows what is near, and all of it when asked, each node in a place of its own', async () => {
    const { page, faults, close } = await openPage(browser, server.url);
    await page.goto('/repositories/shop/packages/it');
    await page.getByRole('link', { name: 'Value stream of 1.0.0' }).click();
    await page.getByText(`60 of ${size} nodes`).waitFor();
    expect(await page.locator('.node').count()).toBe(60);
    await page.getByRole('link', { name: `Show all ${size}` }).click();
    await page.getByText(`${size} of ${size} nodes`).waitFor();
    const boxes: readonly string[] = await page
      .locator('.node > a:first-child > rect')
      .evaluateAll((rects) => rects.map((rect) => `${rect.getAttribute('x')} ${rect.getAttribute('y')}`));
    expect(new Set(boxes).size).toBe(size);
    expect(await findBarriers(page)).toEqual([]);
    expect(faults()).toEqual([]);
    await close();
  });

  it('is walked by keyboard, and every node leads to its page', async () => {
    const { page, close } = await openPage(browser, server.url);
    await page.goto(`${path}&show=all`);
    await page.getByRole('region', { name: 'Value stream' }).focus();
    const reached: (string | null)[] = [];
    const readFocused = () =>
      page.evaluate<string | null>(
        'document.activeElement.querySelector("title")?.textContent ?? document.activeElement.getAttribute("aria-label")',
      );
    for (let step = 0; step < 4; step++) {
      await page.keyboard.press('Tab');
      reached.push(await readFocused());
    }
    expect(reached).toEqual([
      'shop/it 1.0.0, published',
      'Fold shop/it 1.0.0 up',
      expect.stringMatching(/^build-/),
      expect.any(String),
    ]);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/pipelines\/build-\d+\/runs\/1$/);
    await close();
  });

  it('is folded up and unfolded, found in and zoomed, without scripts', async () => {
    const { page, close } = await openPage(browser, server.url, { javaScriptEnabled: false });
    await page.goto(`${path}&show=all`);
    await page.getByRole('link', { name: 'Fold build-3 1 up' }).click();
    await page.getByText(`${size - deploysOfEach} of ${size} nodes`).waitFor();
    expect(await page.getByRole('link', { name: /^deploy-3-/ }).count()).toBe(0);
    await page.getByRole('link', { name: 'Unfold build-3 1' }).click();
    await page.getByText(`${size} of ${size} nodes`).waitFor();

    await page.getByPlaceholder('Focus on').fill('deploy-7-20');
    await page.getByRole('button', { name: 'Focus' }).click();
    const found = page.locator('.focus', { hasText: 'deploy-7-20' });
    await expect.poll(() => found.evaluate((node) => node.getBoundingClientRect().bottom)).toBeLessThan(800);
    expect(await found.evaluate((node) => node.getBoundingClientRect().top)).toBeGreaterThan(0);

    const measureDrawing = async () => (await page.locator('svg.stream').boundingBox())?.width ?? 0;
    const before = await measureDrawing();
    await page.getByRole('link', { name: '50 %', exact: true }).click();
    await page.locator('.focus', { hasText: 'deploy-7-20' }).waitFor();
    expect(await measureDrawing()).toBeCloseTo(before / 2, -1);
    await close();
  });

  it('shows what becomes of a run that is only in it, without being loaded again', async () => {
    const { page, faults, close } = await openPage(browser, server.url);
    await page.goto(`${path}&show=all`);
    await page.locator('html[data-connected]').waitFor({ state: 'attached' });
    await page.evaluate('window.notLoadedAgain = true');
    await page.locator('.node.waiting', { hasText: 'deploy-5-5' }).waitFor();
    const approved = await server.post('/api/v1/pipelines/deploy-5-5/runs/1/stages/ship/approve');
    expect(approved.status).toBe(200);
    await page.locator('.node.passed', { hasText: 'deploy-5-5' }).waitFor();
    expect(await page.evaluate('window.notLoadedAgain')).toBe(true);
    expect(faults()).toEqual([]);
    await close();
  });
});
