import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumBrowser, findBarriers, openBrowser, openPage } from '../../support/browser.ts';
import { describeWith } from '../../support/requirement.ts';
import { startScriptedRegistry } from '../../support/scripted-registry.ts';
import { openWorkplace, type Server, type Workplace } from '../../support/sluice.ts';
import { pollNow } from '../../support/story.ts';
import { until } from '../../support/until.ts';

const lines = 100_000;
const long = '/pipelines/long/runs/1/stages/print/1/jobs/print';
const slow = '/pipelines/slow/runs/1/stages/print/1/jobs/print';

describeWith(chromiumBrowser, 'the page of a log', () => {
  const ending = new AsyncDisposableStack();
  let place: Workplace;
  let server: Server;
  let browser: Browser;
  beforeAll(async () => {
    const registry = ending.adopt(await startScriptedRegistry(), (one) => one.close());
    place = ending.adopt(await openWorkplace(), (one) => one.remove());
    browser = ending.adopt(await openBrowser(), (one) => one.close());
    registry.publish('1.0.0');
    await place.configure(`
server: { port: 0 }
repositories: { shop: { plugin: npm, config: { url: "${registry.url}" }, poll: { manual: true }, packages: { it: { config: { name: watched } } } } }
pipelines:
  long:
    materials: [{ package: shop/it }]
    stages: [{ name: print, jobs: { print: { run: 'seq -f "line %.0f of a log, as long as they are: 0123456789 0123456789" ${lines}; exit 1' } } }]
  slow:
    materials: [{ package: shop/it }]
    stages: [{ name: print, jobs: { print: { run: 'echo first; until test -e "$HOME/more"; do sleep 0.1; done; printf "\\033[31mred <b>\\033[0m\\n"; until test -e "$HOME/end"; do sleep 0.1; done; echo last' } } }]
`);
    server = await place.serve();
    await pollNow(server, 'shop');
    await until(async () => {
      const { lastRun } = (await server.get('/api/v1/pipelines/long')) as {
        lastRun: { status: string } | null;
      };
      return lastRun?.status === 'failed';
    });
  });
  afterAll(() => ending.disposeAsync());

  it('shows the end of 100,000 lines first, and any other where one looks', async () => {
    const { page, faults, close } = await openPage(browser, server.url);
    await page.goto(long);
    await page.getByText(`End of the log, ${lines} lines`).waitFor();
    expect(await page.locator(`#L${lines}`).innerText()).toContain(`line ${lines} of`);
    const blocks = await page.locator('.block').count();
    expect(blocks).toBe(lines / 500);
    expect(await page.locator('.line').count()).toBeLessThan(3_000);

    await page.evaluate('scrollTo(0, 0)');
    await page.locator('#L1').waitFor();
    expect(await page.locator('#L1').innerText()).toContain('line 1 of');
    await page.evaluate('scrollTo(0, document.body.scrollHeight / 2)');
    await page.locator(`#L${lines / 2}`).waitFor();
    expect(await page.locator('.line').count()).toBeLessThan(10_000);
    expect(faults()).toEqual([]);
    await close();
  });

  it('is searched, leads to what was found, and can be kept as a file', async () => {
    const { page, close } = await openPage(browser, server.url, { javaScriptEnabled: false });
    await page.goto(long);
    await page.getByPlaceholder('Search the log').fill('LINE 77777 OF');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await page.locator('.found li').allInnerTexts()).toEqual([
      expect.stringContaining('line 77777 of'),
    ]);
    await page.locator('.found a').click();
    expect(await page.locator('#L77777').innerText()).toContain('line 77777 of');

    const file = await (await fetch(`${server.url}${long}/log.txt`)).text();
    expect(file.split('\n').length).toBe(lines + 1);
    await close();
  });

  it('leads without scripts to every other block', async () => {
    const { page, close } = await openPage(browser, server.url, { javaScriptEnabled: false });
    await page.goto(long);
    await page.getByRole('link', { name: 'Lines 501 to 1000' }).click();
    expect(await page.locator('#L501').innerText()).toContain('line 501 of');
    await close();
  });

  it('grows while the job runs, in its colours, markup as text', async () => {
    const { page, faults, close } = await openPage(browser, server.url);
    await page.goto(slow);
    await page.locator('#L1', { hasText: 'first' }).waitFor();
    expect(await page.locator('#L2').count()).toBe(0);
    await place.write('more');
    await page.locator('#L2 .fg-red', { hasText: 'red <b>' }).waitFor();
    await place.write('end');
    await page.getByText('End of the log, 3 lines').waitFor();
    await page.locator('#job .status.passed').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    expect(faults()).toEqual([]);
    await close();
  });
});
