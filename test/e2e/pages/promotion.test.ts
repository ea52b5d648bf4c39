import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumBrowser, findBarriers, openBrowser, openPage } from '../../support/browser.ts';
import {
  beginPromotion,
  type Person,
  type PromotionStory,
  stageIs,
  tokenOf,
} from '../../support/promotion-story.ts';
import { describeWith } from '../../support/requirement.ts';

const pipelines = `
  acceptance:
    materials: [{ package: npmjs/web }]
    stages:
      - { name: smoke, jobs: { smoke: { run: 'true' } } }
      - { name: sign-off, approval: { type: manual, by: ["role:qa"] }, jobs: { note: { run: 'true' } } }
  production:
    materials: [{ pipeline: acceptance, trigger: manual }]
    stages:
      - { name: deploy, jobs: { deploy: { run: 'echo deployed' } } }
`;

describeWith(chromiumBrowser, 'the pages, for people who sign in', () => {
  let story: PromotionStory;
  let browser: Browser;
  beforeAll(async () => {
    [story, browser] = await Promise.all([beginPromotion('sqlite:sluice.db', pipelines), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await story?.end();
  });

  async function signIn(page: Page, token: string): Promise<void> {
    await page.goto('/');
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  async function openAs(person: Person, javaScriptEnabled = true) {
    const opened = await openPage(browser, story.server().url, { javaScriptEnabled });
    await signIn(opened.page, tokenOf(person));
    return opened;
  }

  it.each([
    { version: '1.0.0', counter: 1, javaScriptEnabled: true },
    { version: '1.1.0', counter: 2, javaScriptEnabled: false },
  ])('lead $version from publication to production; scripts: $javaScriptEnabled', async (way) => {
    const { version, counter, javaScriptEnabled } = way;
    await story.publish(version);
    await story.untilRun('acceptance', counter, stageIs('sign-off', 'waiting'));
    const quinn = await openAs('quinn', javaScriptEnabled);
    await quinn.page.locator('#waiting').getByRole('link', { name: 'Approve' }).click();
    expect(await quinn.page.locator('main').innerText()).toContain(`npmjs/web ${version}`);
    expect(await quinn.page.getByRole('heading', { level: 1 }).innerText()).toContain('Approve');
    await quinn.page.locator('textarea').fill(`${version} looks <b>good</b>`);
    await quinn.page.getByRole('button', { name: 'Approve' }).click();
    expect(await quinn.page.locator('#stage-sign-off-1 .verdicts').innerText()).toContain(
      `looks <b>good</b>`,
    );
    await story.untilRun('acceptance', counter, stageIs('sign-off', 'passed'));

    const ada = await openAs('ada', javaScriptEnabled);
    // Which versions have passed everything before production.
    await ada.page.goto('/repositories/npmjs/packages/web/board?ready=production%2Fdeploy');
    const row = ada.page.locator('tbody tr', { hasText: version });
    await row.getByRole('link', { name: `Send ${version} to production` }).click();
    await ada.page.locator('select[name=poll]').selectOption('no');
    await ada.page.getByRole('button', { name: 'Start' }).click();
    await ada.page.waitForURL(`**/pipelines/production/runs/${counter}`);
    await story.untilRun('production', counter, stageIs('deploy', 'passed'));
    await ada.page.goto('/repositories/npmjs/packages/web/board');
    expect(await row.locator('.status.passed').count()).toBe(3);
    await ada.page.goto(`/pipelines/production/runs/${counter}/value-stream`);
    expect(await ada.page.locator('.stream .node').count()).toBe(3);
    expect([...quinn.faults(), ...ada.faults()]).toEqual([]);
    await Promise.all([quinn.close(), ada.close()]);
  });

  it('refuse a wrong token, and say so', async () => {
    const { page, close } = await openPage(browser, story.server().url);
    await signIn(page, 'slc_nobodys');
    expect(new URL(page.url()).pathname).toContain('sign-in');
    expect(await page.getByRole('alert').count()).toBeGreaterThan(0);
    expect(await page.locator('.rows').count()).toBe(0);
    await close();
  });

  it('offer a viewer nothing that they may not do, and refuse it when tried', async () => {
    await story.publish('1.2.0');
    await story.untilRun('acceptance', 3, stageIs('sign-off', 'waiting'));
    const { page, close } = await openAs('victor');
    const repository = ['/repositories', '/repositories/npmjs', '/repositories/npmjs/packages/web'];
    for (const path of [
      '/',
      '/pipelines/acceptance',
      '/pipelines/acceptance/runs/3',
      ...repository,
      `${repository.at(-1)}/board`,
    ]) {
      await page.goto(path);
      const offers = await page
        .locator('main .offers a, main a.small, main button[formaction]')
        .allInnerTexts();
      expect({ path, offers }).toEqual({ path, offers: [] });
    }
    for (const path of [
      '/pipelines/acceptance/runs/3/stages/sign-off/approve',
      '/pipelines/acceptance/pause',
      '/audit',
    ]) {
      const answer = await page.goto(path);
      expect({ path, status: answer?.status() }).toEqual({ path, status: 403 });
    }
    await page.goto('/');
    const token = await page.locator('#act input[name=_csrf]').getAttribute('value');
    const sent = await page.request.post('/pipelines/acceptance/runs/3/stages/sign-off/approve', {
      form: { _csrf: token ?? '' },
    });
    expect(sent.status()).toBe(403);
    await close();
  });

  it('tell which versions have not passed everything before a level', async () => {
    const { page, close } = await openAs('victor');
    await page.goto('/repositories/npmjs/packages/web/board');
    expect(await page.locator('tbody tr').count()).toBe(3);
    await page.locator('#choose-ready').selectOption('production/deploy');
    await page.waitForURL('**/board?*ready=production*');
    await page.locator('tbody tr', { hasText: '1.2.0' }).waitFor({ state: 'detached' });
    expect(await page.locator('tbody tr').count()).toBe(2);
    await close();
  });

  it('reject, run again, pause and unpause, with the words of whoever does it', async () => {
    const quinn = await openAs('quinn');
    await quinn.page.goto('/pipelines/acceptance/runs/3/stages/sign-off/reject');
    expect(await findBarriers(quinn.page)).toEqual([]);
    await quinn.page.getByLabel('Why?').fill('not this one');
    await quinn.page.getByRole('button', { name: 'Reject' }).click();
    expect(await quinn.page.locator('#stage-sign-off-1').innerText()).toContain('not this one');

    const ada = await openAs('ada', false);
    await ada.page.goto('/pipelines/acceptance/runs/3');
    await ada.page.locator('#stage-smoke-1').getByRole('link', { name: 'Run again' }).click();
    await ada.page.getByRole('button', { name: 'Run again' }).click();
    await story.untilRun('acceptance', 3, ({ stages }) =>
      stages.some(({ name, counter }) => name === 'smoke' && counter === 2),
    );

    await ada.page.goto('/pipelines/acceptance');
    await ada.page.getByRole('link', { name: 'Pause' }).click();
    await ada.page.getByLabel('Why?').fill('the release is frozen');
    await ada.page.getByRole('button', { name: 'Pause' }).click();
    expect(await ada.page.locator('#state').innerText()).toContain('the release is frozen');
    await ada.page.goto('/');
    expect(await ada.page.locator('#p-acceptance').innerText()).toContain('the release is frozen');
    await ada.page.locator('#p-acceptance').getByRole('link', { name: 'Unpause' }).click();
    await ada.page.getByRole('button', { name: 'Unpause' }).click();
    expect(await ada.page.locator('#state').innerText()).not.toContain('paused');
    await Promise.all([quinn.close(), ada.close()]);
  });
});
