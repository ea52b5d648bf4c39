import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumBrowser, openBrowser, openPage } from '../../support/browser.ts';
import { long } from '../../support/long.ts';
import { pageList } from '../../support/page-list.ts';
import { describeWith } from '../../support/requirement.ts';
import { markup, openShowcase, type Showcase, signIn } from '../../support/showcase.ts';

const paths = Object.values(pageList);

describeWith(chromiumBrowser, 'every page, in Chromium', () => {
  let show: Showcase;
  let browser: Browser;
  beforeAll(async () => {
    [show, browser] = await Promise.all([openShowcase({ signsIn: true }), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await show?.end();
  });

  const openSignedIn = (options: BrowserContextOptions = {}) =>
    openPage(browser, show.server.url, { ...signIn(show.server), ...options });

  it('says without scripts what it says with them', async () => {
    const plain = await openSignedIn({ javaScriptEnabled: false });
    const scripted = await openSignedIn();
    for (const path of paths) {
      await plain.page.goto(path);
      await scripted.page.goto(path);
      const [without, having] = await Promise.all([plain, scripted].map(({ page }) => page.locator('main').innerText()));
      expect(withoutTimes(without)).toBe(withoutTimes(having));
      expect(without).not.toBe('');
    }
    expect(plain.faults()).toEqual([]);
    await Promise.all([plain.close(), scripted.close()]);
  });

  it('shows what a repository wrote as text', async () => {
    const { page, close } = await openSignedIn();
    await page.goto('/repositories/npmjs/packages/watched');
    expect(await page.locator('main').innerText()).toContain(`Release 2.0.0 ${markup}`);
    expect(await page.locator('main img, main script').count()).toBe(0);
    await close();
  });

  it('leads everywhere from home in two clicks', long, async () => {
    const { page, close } = await openSignedIn();
    const listLinks = async (path: string): Promise<readonly string[]> => {
      await page.goto(path);
      return page.locator('a[href^="/"]').evaluateAll((links) => links.map((link) => String(link.getAttribute('href'))));
    };
    const first = await listLinks('/');
    const reached = new Set(first);
    for (const path of new Set(first.filter((link) => !/^\/(api|metrics|readyz|assets)/.test(link)))) {
      for (const link of await listLinks(path)) reached.add(link);
    }
    await close();
    // A search is an address that one makes; the others are no places to go to.
    const others = ['pipelines-filtered', 'log-search', 'sign-in', 'not-there'];
    const wanted = Object.entries(pageList).filter(([name]) => !others.includes(name));
    expect(wanted.filter(([, path]) => !reached.has(path))).toEqual([]);
  });
});

function withoutTimes(text = ''): string {
  // With scripts a list follows while one types, and the button is not shown.
  return text
    .replaceAll(/\bFilter\b/g, '')
    .replaceAll(/\d+(\.\d+)? (s|min|ms)\b( ago)?|\bnow\b|in \d+ (s|min)/g, 'then')
    .replaceAll(/\s+/g, ' ');
}
