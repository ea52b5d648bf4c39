import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumBrowser, openBrowser, openPage } from '../../support/browser.ts';
import { long } from '../../support/long.ts';
import { pageList } from '../../support/page-list.ts';
import { describeWith } from '../../support/requirement.ts';
import { markup, openShowcase, type Showcase, signIn, tokenOfAdmin } from '../../support/showcase.ts';

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
      const [without, having] = await Promise.all(
        [plain, scripted].map(({ page }) => page.locator('main').innerText()),
      );
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

  async function read(path: string): Promise<string> {
    const answer = await fetch(show.server.url + path, {
      headers: { authorization: `Bearer ${tokenOfAdmin}` },
    });
    expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    const main = /<main[^>]*>(.*)<\/main>/s.exec(await answer.text())?.[1] ?? '';
    return main.slice(Math.max(0, main.indexOf('</form>'))).replaceAll(/<[^>]*>/g, ' ');
  }

  it.each([
    ['/decisions?q=2.0.0', 'storefront', 'run 4'],
    ['/decisions?q=REFRONT', 'storefront'],
    ['/decisions?q=atched', 'npmjs/watched', 'run 1'],
    ['/decisions?q=watched@1.1.0%20storefront', 'storefront', '1.1.0'],
    ['/audit?q=pol', 'mara', 'npmjs'],
    ['/audit?q=mar%20partn', 'poll', 'partner'],
    ['/audit?person=mar&action=pol&subject=npm&since=2020-01-01', 'mara', 'poll'],
    ['/repositories/npmjs/packages/watched?q=-rc', '2.0.0-rc.1'],
    ['/repositories/npmjs/packages/watched/board?q=1.1', '1.1.0'],
    ['/?q=atched', 'storefront', 'by-hand'],
  ])('finds by any fragment: %s', async (path, ...wanted) => {
    const text = await read(path);
    for (const one of wanted) expect(text).toContain(one);
    expect(text).not.toMatch(/Nothing|No (pipeline|version|decision)/);
  });

  it.each([
    ['/decisions?q=nowhere', 'All that is kept was looked at.'],
    ['/decisions?after=1', 'Nothing older'],
    ['/audit?q=nowhere', 'All that is kept was looked at.'],
    ['/audit?until=2020-01-01', 'All that is kept was looked at.'],
    ['/audit?after=1', 'Nothing older'],
    ['/repositories/npmjs/packages/watched?q=7.7', 'All that were ever seen were looked at.'],
    ['/repositories/npmjs/packages/watched?after=0', 'No older version'],
    ['/repositories/npmjs/packages/watched/board?q=7.7', 'All that were ever seen were looked at.'],
    ['/pipelines/storefront?after=1', 'No older run'],
    [
      '/pipelines/storefront/runs/1/stages/unit/1/jobs/unit?q=nowhere',
      'None of the 2 lines that are kept has that',
    ],
    ['/?q=1.0.1', 'newest runs were looked at. What was decided about “1.0.1”, older runs too'],
  ])('says of what is not there how far it has looked: %s', async (path, wanted) => {
    expect((await read(path)).replaceAll(/\s+/g, ' ')).toContain(wanted);
  });

  it('leads everywhere from home in two clicks', long, async () => {
    const { page, close } = await openSignedIn();
    const listLinks = async (path: string): Promise<readonly string[]> => {
      await page.goto(path);
      return page
        .locator('a[href^="/"]')
        .evaluateAll((links) => links.map((link) => String(link.getAttribute('href'))));
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
