import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumBrowser, openBrowser, openPage } from '../../support/browser.ts';
import { describeWith } from '../../support/requirement.ts';
import { openShowcase, type Showcase } from '../../support/showcase.ts';
import { pollNow } from '../../support/story.ts';

describeWith(chromiumBrowser, 'an open page', () => {
  let show: Showcase;
  let browser: Browser;
  beforeAll(async () => {
    [show, browser] = await Promise.all([openShowcase(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await show?.end();
  });

  it('shows what happens without being loaded again, and nothing jumps', async () => {
    const home = await openPage(browser, show.server.url);
    const run = await openPage(browser, show.server.url);
    await home.page.goto('/');
    await run.page.goto('/pipelines/storefront/runs/4');
    await Promise.all([home, run].map(({ page }) => page.evaluate('window.notLoadedAgain = true')));
    const row = home.page.locator('#p-storefront');
    const before = await row.boundingBox();
    await row.locator('.stages .running').waitFor();
    await run.page.locator('#stage-performance-1.running').waitFor();

    await show.release();
    await row.locator('.stages .passed', { hasText: 'production' }).waitFor();
    await run.page.locator('#stage-production-1.passed').waitFor();
    await run.page.locator('#run .status.passed').waitFor();
    for (const { page } of [home, run]) expect(await page.evaluate('window.notLoadedAgain')).toBe(true);
    expect(await row.boundingBox()).toEqual(before);
    expect([...home.faults(), ...run.faults()]).toEqual([]);
    await Promise.all([home.close(), run.close()]);
  });

  it('shows a new run, and keeps what somebody types', async () => {
    const { page, faults, close } = await openPage(browser, show.server.url);
    await page.goto('/pipelines/image');
    await page.locator('#runs tbody tr').first().waitFor();
    const filtered = await openPage(browser, show.server.url);
    await filtered.page.goto('/');
    await filtered.page.locator('#q').fill('ima');
    await filtered.page.waitForURL('**/?q=ima*');
    await filtered.page.locator('#p-rollout').waitFor({ state: 'detached' });

    show.registry.publish('2.1.0');
    await pollNow(show.server);
    await page.locator('#runs tbody tr', { hasText: '5-2.1.0' }).waitFor();
    await filtered.page.locator('#p-image', { hasText: '5-2.1.0' }).waitFor();
    expect(await filtered.page.locator('#q').inputValue()).toBe('ima');
    expect(await filtered.page.locator('#p-rollout').count()).toBe(0);
    expect([...faults(), ...filtered.faults()]).toEqual([]);
    await Promise.all([close(), filtered.close()]);
  });

  it('says when it is cut off, and goes on when the server is back', async () => {
    const { page, close } = await openPage(browser, show.server.url);
    await page.goto('/repositories');
    await page.locator('html[data-connected]').waitFor({ state: 'attached' });
    await page.evaluate('window.notLoadedAgain = true');
    await show.server.stop();
    await page.locator('.disconnected').waitFor({ state: 'visible' });
    expect(await page.locator('.disconnected').innerText()).toMatch(/not connected/i);

    // A page comes back to the address that it has.
    const [yaml, { port }] = [
      await readFile(join(show.place.directory, 'sluice.yaml'), 'utf8'),
      new URL(show.server.url),
    ];
    await show.place.configure(yaml.replace('port: 0', `port: ${port}`));
    const server = await show.place.serve();
    await page.locator('.disconnected').waitFor({ state: 'hidden' });
    show.partner.spoil();
    await pollNow(server, 'partner');
    await page.locator('#r-partner .status.passed').waitFor();
    expect(await page.evaluate('window.notLoadedAgain')).toBe(true);
    await close();
  });
});
