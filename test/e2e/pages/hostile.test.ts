import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumBrowser, openBrowser, openPage } from '../../support/browser.ts';
import { describeWith } from '../../support/requirement.ts';
import { openWorkplace, type Server, type Workplace } from '../../support/sluice.ts';
import { pollNow, settle } from '../../support/story.ts';

const plugin = join(import.meta.dirname, '../../support/hostile.ts');
const paths = [
  '/',
  '/repositories',
  '/repositories/bad',
  '/repositories/bad/packages/it',
  '/repositories/bad/packages/it/board',
  '/decisions',
  '/plugins',
  '/configuration',
];

describeWith(chromiumBrowser, 'a repository that means harm', () => {
  let place: Workplace;
  let server: Server;
  let browser: Browser;
  beforeAll(async () => {
    place = await openWorkplace();
    await place.configure(`
server: { port: 0 }
plugins: [${plugin}]
repositories: { bad: { plugin: hostile, poll: { manual: true }, packages: { it: { config: {} } } } }
pipelines:
  hurt:
    label: "\${COUNT}-\${bad_it}"
    materials: [{ package: bad/it }]
    stages: [{ name: print, jobs: { print: { run: 'echo "$GO_PACKAGE_BAD_IT_LABEL"' } } }]
`);
    server = await place.serve();
    await pollNow(server, 'bad');
    await settle(server);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await place?.remove();
  });

  it('has all that it wrote shown as text, on every page', async () => {
    const { page, faults, close } = await openPage(browser, server.url);
    const run = '/pipelines/hurt/runs/1';
    const harmed = '1<img/src=x/onerror=document.title=1><script>document.title=2</script>';
    const version = `/repositories/bad/packages/it/value-stream?${new URLSearchParams({ version: harmed, q: harmed })}`;
    const runs = ['/pipelines/hurt', run, `${run}/stages/print/1/jobs/print`, `${run}/value-stream`, version];
    const texts: string[] = [];
    for (const path of [...paths, ...runs]) {
      await page.goto(path);
      texts.push(await page.locator('main').innerText());
      const foreign = 'main img, main script, main [onerror], main [onmouseover], a[href^="javascript:"]';
      expect({ path, foreign: await page.locator(foreign).count() }).toEqual({ path, foreign: 0 });
      expect(await page.title()).toMatch(/ · Sluice$/);
    }
    const harm = '<img/src=x/onerror=document.title=1><script>document.title=2</script>';
    for (const field of ['1', 'publisher ', 'comment ', 'warning ', 'of a version ', 'Hostile ', '1-1']) {
      expect(texts.join('\n')).toContain(`${field}${harm}`);
    }
    expect(faults()).toEqual([]);
    await close();
  });
});
