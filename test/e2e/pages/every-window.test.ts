import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  chromiumBrowser,
  findBarriers,
  lookForBarriers,
  openBrowser,
  openPage,
} from '../../support/browser.ts';
import { long } from '../../support/long.ts';
import { pageList } from '../../support/page-list.ts';
import { describeWith } from '../../support/requirement.ts';
import { openShowcase, type Showcase, signIn } from '../../support/showcase.ts';

/** The windows in which every page has to be at its best. */
const windows = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 720, height: 1024 },
  { width: 390, height: 844 },
  { width: 320, height: 568 },
] as const;

/**
 * What is wider than its place: the page itself, a drawing, or a box that scrolls and is none for a table or
 * a log.
 */
const findWide = `(() => {
  const isBox = (element) => element.matches('.scroll:not(.canvas), .log, .found, pre');
  const wide = [...document.querySelectorAll('body *')].filter((element) => {
    const { overflowX } = getComputedStyle(element);
    return element.scrollWidth > element.clientWidth + 1 && /auto|scroll/.test(overflowX) && !isBox(element);
  });
  return [
    ...(document.documentElement.scrollWidth > innerWidth ? ['the page'] : []),
    ...wide.map((element) => element.outerHTML.slice(0, 100)),
  ];
})()`;

describeWith(chromiumBrowser, 'every page in every window, signed in, with 40 approvals that wait', () => {
  let show: Showcase;
  let browser: Browser;
  beforeAll(async () => {
    [show, browser] = await Promise.all([openShowcase({ signsIn: true, isCrowded: true }), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await show?.end();
  });

  const openSignedIn = () => openPage(browser, show.server.url, signIn(show.server));

  it('is without barriers and without anything wider than it, light and dark', long, async () => {
    const { page, faults, close } = await openSignedIn();
    const found: string[] = [];
    for (const [name, path] of Object.entries(pageList)) {
      await page.goto(path);
      await page.locator('html[data-script=ready]').waitFor();
      await findBarriers(page);
      for (const size of windows)
        found.push(...(await look(page, size)).map((one) => `${name} ${size.width}: ${one}`));
    }
    await close();
    expect({ found, faults: faults() }).toEqual({ found: [], faults: [] });
  });

  async function look(page: Page, size: (typeof windows)[number]): Promise<readonly string[]> {
    await page.setViewportSize(size);
    const wide: readonly string[] = await page.evaluate(findWide);
    const height = (await page.locator('header.top').boundingBox())?.height ?? 0;
    const barriers: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      barriers.push(...(await lookForBarriers(page)).map((one) => `${colorScheme}: ${one}`));
    }
    return [
      ...wide.map((one) => `scrolls sideways: ${one}`),
      ...(height < 120 ? [] : [`the header is ${height} px high`]),
      ...barriers,
    ];
  }

  it.each(windows)('shows an alarm and a pipeline at once: $width x $height', async (size) => {
    const { page, close } = await openSignedIn();
    await page.setViewportSize(size);
    await page.goto('/');
    const bottomOf = async (what: string) => {
      const box = await page.locator(what).first().boundingBox();
      return box ? box.y + box.height : Number.NaN;
    };
    expect(await bottomOf('.alarms a')).toBeLessThan(size.height);
    expect(await bottomOf('.waits:not(.alarms) a')).toBeLessThan(size.height);
    expect(await bottomOf('.rows .name a')).toBeLessThan(size.height);
    await close();
  });
});
