import type { Browser } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { chromiumBrowser, findBarriers, openBrowser, openPage } from '../../support/browser.ts';
import { describeWith } from '../../support/requirement.ts';
import { type ScriptedRegistry, startScriptedRegistry } from '../../support/scripted-registry.ts';
import { openWorkplace, type Workplace } from '../../support/sluice.ts';

describeWith(chromiumBrowser, 'a first start without a configuration', () => {
  let place: Workplace;
  let registry: ScriptedRegistry;
  let browser: Browser;
  beforeEach(async () => {
    [place, registry, browser] = await Promise.all([openWorkplace(), startScriptedRegistry(), openBrowser()]);
  });
  afterEach(async () => {
    await Promise.all([place?.remove(), registry?.close(), browser?.close()]);
  });

  it('helps to write one, tries it out, and goes on with it when the file is there', async () => {
    registry.publish('1.0.0');
    registry.publish('1.1.0');
    const server = await place.serve();
    const { page, faults, close } = await openPage(browser, server.url);
    await page.goto('/');
    expect(await findBarriers(page)).toEqual([]);
    await page.getByLabel('Package name').fill('watched');
    await page.getByLabel('Registry URL').fill('http://127.0.0.1:1/');
    await page.getByRole('button', { name: 'Check' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('UNREACHABLE');

    await page.getByLabel('Registry URL').fill(registry.url);
    await page.getByRole('button', { name: 'Check' }).click();
    expect(await page.getByRole('status').filter({ hasText: 'It works' }).innerText()).toContain('1.1.0');
    expect(await findBarriers(page)).toEqual([]);
    const yaml = await page.locator('pre.file').innerText();

    await place.configure('repositories: nonsense');
    await page.getByText('is there, but not valid yet').waitFor();
    // The port that the page has is taken until the last moment; the server itself begins on another.
    await place.configure(`server: { port: 0 }\n${yaml}`);
    const { url } = await server.next();
    const home = await fetch(`${url}/`);
    expect(await home.text()).toContain('watched-published');
    expect(faults()).toEqual([]);
    await close();
  });

  it('takes requests of this machine only', async () => {
    const server = await place.serve();
    const answer = await fetch(server.url, { headers: { 'x-forwarded-for': '203.0.113.7' } });
    expect(answer.status).toBe(403);
  });
});
