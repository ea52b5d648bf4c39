import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumBrowser, openBrowser, openPage } from '../../support/browser.ts';
import { long } from '../../support/long.ts';
import { pageList } from '../../support/page-list.ts';
import { describeWith } from '../../support/requirement.ts';
import { openShowcase, type Showcase, signIn, tokenOfAdmin } from '../../support/showcase.ts';
import { openWorkplace } from '../../support/sluice.ts';

/**
 * What Enter asks for in each field of each page; a search asks for its list, everything else does what its
 * page is for.
 */
const wanted: Readonly<Record<string, string>> = {
  'pipelines q': 'GET /',
  'pipelines-filtered q': 'GET /',
  'log q': 'GET /pipelines/storefront/runs/1/stages/unit/1/jobs/unit',
  'log-search q': 'GET /pipelines/storefront/runs/1/stages/unit/1/jobs/unit',
  'package q': 'GET /repositories/npmjs/packages/watched',
  'board q': 'GET /repositories/npmjs/packages/watched/board',
  'value-stream q': 'GET /pipelines/storefront/runs/4/value-stream',
  'value-stream-of-a-version q': 'GET /repositories/npmjs/packages/watched/value-stream',
  'trigger environment TARGET': 'POST /pipelines/by-hand/trigger',
  'decisions q': 'GET /decisions',
  'audit q': 'GET /audit',
  'audit person': 'GET /audit',
  'audit action': 'GET /audit',
  'audit subject': 'GET /audit',
  'audit since': 'GET /audit',
  'audit until': 'GET /audit',
  'decisions-of-a-version q': 'GET /decisions',
  'sign-in token': 'POST /sign-in',
};

describeWith(chromiumBrowser, 'Enter in a form', () => {
  const ending = new AsyncDisposableStack();
  let show: Showcase;
  let browser: Browser;
  beforeAll(async () => {
    show = ending.adopt(await openShowcase({ signsIn: true }), (one) => one.end());
    browser = ending.adopt(await openBrowser(), (one) => one.close());
  });
  afterAll(() => ending.disposeAsync());

  it.each([true, false])(
    'does what the page is for, on every page; scripts: %s',
    long,
    async (javaScriptEnabled) => {
      const { page, close } = await openPage(browser, show.server.url, {
        ...signIn(show.server),
        javaScriptEnabled,
      });
      const asked: Record<string, string> = {};
      for (const [name, path] of Object.entries(pageList)) {
        for (const [field, request] of await pressEnter(page, path)) asked[`${name} ${field}`] = request;
      }
      await close();
      expect(asked).toEqual(wanted);
    },
  );

  it('signs in, and leads to what was asked for', async () => {
    const { page, close } = await openPage(browser, show.server.url);
    await page.goto('/decisions?outcome=started');
    await page.getByLabel('Your token').fill(tokenOfAdmin);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Decisions' }).waitFor();
    expect(page.url()).toBe(`${show.server.url}/decisions?outcome=started`);
    await close();
  });

  it('tries a first configuration out', async () => {
    const place = ending.adopt(await openWorkplace(), (one) => one.remove());
    const server = await place.serve();
    const { page, close } = await openPage(browser, server.url);
    const asked = new Set((await pressEnter(page, '/')).map(([, request]) => request));
    await close();
    expect([...asked]).toEqual(['POST /check']);
  });
});

async function fillIn(field: Locator): Promise<void> {
  if ((await field.inputValue()) !== '') return;
  await field.fill((await field.getAttribute('type')) === 'date' ? '2026-01-31' : 'x');
}

/**
 * Presses Enter in each field of text of a page, and answers what the browser then wants to go to; it stays
 * where it is.
 */
async function pressEnter(page: Page, path: string): Promise<readonly (readonly [string, string])[]> {
  await page.goto(path);
  const isText = ':not([type=hidden], [type=checkbox], [type=radio])';
  const names = await page
    .locator(`input${isText}`)
    .evaluateAll((all) => all.map((one) => String(one.getAttribute('name'))));
  const found: (readonly [string, string])[] = [];
  for (const name of names) {
    // Whoever has sent a form cannot send it again.
    await page.goto(path);
    for (const field of await page.locator(`input${isText}`).all()) await fillIn(field);
    const going = page.waitForRequest((request) => request.isNavigationRequest());
    await page.route(
      () => true,
      (route) => (route.request().isNavigationRequest() ? route.fulfill({ status: 204 }) : route.continue()),
    );
    await page.locator(`input[name="${name}"]`).press('Enter');
    const request = await going;
    await request.response();
    found.push([name, `${request.method()} ${new URL(request.url()).pathname}`]);
    await page.unrouteAll();
  }
  return found;
}
