import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumBrowser, openBrowser, openPage } from '../../support/browser.ts';
import {
  beginPromotion,
  type Person,
  type PromotionStory,
  stageIs,
  tokenOf,
} from '../../support/promotion-story.ts';
import { describeWith } from '../../support/requirement.ts';

const pipelines = `
  build:
    label: "\${npmjs_web}"
    materials: [{ package: npmjs/web }]
    stages: [{ name: unit, jobs: { unit: { run: 'true' } } }]
  release:
    label: "\${WEB}"
    materials: [{ pipeline: build }, { package: npmjs/web, trigger: manual, as: WEB }]
    stages:
      - { name: staging, jobs: { deploy: { run: 'true' } } }
      - { name: production, approval: { type: manual, by: ["role:qa"] }, jobs: { deploy: { run: 'echo "$GO_PACKAGE_WEB_LABEL" >> "$HOME/production"' } } }
`;

/** Somebody at the home page, whose clicks are counted. */
interface Worker {
  readonly page: Page;
  click(what: Locator): Promise<void>;
  /** Prints how many clicks it took, and answers that. */
  finish(job: string): Promise<number>;
}

describeWith(chromiumBrowser, 'the five jobs of an operator, from the home page, signed in', () => {
  let story: PromotionStory;
  let browser: Browser;
  beforeAll(async () => {
    [story, browser] = await Promise.all([beginPromotion('sqlite:sluice.db', pipelines), openBrowser()]);
    for (const [index, version] of ['1.0.0', '1.1.0'].entries()) {
      await story.publish(version);
      await story.untilRun('release', index + 1, stageIs('production', 'waiting'));
    }
    await story.post('quinn', '/pipelines/release/runs/1/stages/production/approve', {
      comment: 'tried on staging',
    });
    await story.untilRun('release', 1, stageIs('production', 'passed'));
    // A fix for those who are still at 1.0: lower than what has started, so that nothing starts by itself.
    await story.publish('1.0.1');
  });
  afterAll(async () => {
    await browser?.close();
    await story?.end();
  });

  async function begin(person: Person): Promise<Worker> {
    const { page, faults, close } = await openPage(browser, story.server().url);
    await page.goto('/');
    await page.getByLabel('Your token').fill(tokenOf(person));
    await page.keyboard.press('Enter');
    await page.locator('#p-release').waitFor();
    let clicks = 0;
    return {
      page,
      async click(what) {
        await what.click();
        clicks++;
      },
      async finish(job) {
        console.log(`${job}: ${clicks} ${clicks === 1 ? 'click' : 'clicks'}`);
        expect(faults()).toEqual([]);
        await close();
        return clicks;
      },
    };
  }

  it('why did it not start', async () => {
    const { page, click, finish } = await begin('ada');
    await click(page.locator('#p-build .name').getByRole('link', { name: 'build', exact: true }));
    const decision = page.locator('#decisions tbody tr', { hasText: '1.0.1' });
    expect(await decision.innerText()).toContain('superseded');
    expect(await finish('why did it not start')).toBe(1);
  });

  it('what is ready for production; promote one', async () => {
    const { page, click, finish } = await begin('quinn');
    const ready = page.locator('#waiting li', { hasText: '1.1.0' });
    expect(await ready.innerText()).toContain('waits to enter production');
    await click(ready.getByRole('link', { name: 'Approve' }));
    expect(await page.locator('main').innerText()).toContain('npmjs/web 1.1.0');
    await click(page.getByRole('button', { name: 'Approve' }));
    await page.locator('#stage-production-1.passed').waitFor();
    expect(await story.place.lines('production')).toEqual(['1.0.0', '1.1.0']);
    expect(await finish('what is ready for production, promote one')).toBe(2);
  });

  it('roll back', async () => {
    const { page, click, finish } = await begin('root');
    await click(page.locator('#p-release .older').getByTitle('1.0.0 passed'));
    await click(page.locator('#stage-production-1').getByRole('link', { name: 'Run again' }));
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('release 1.0.0');
    await click(page.getByRole('button', { name: 'Run again' }));
    await page.locator('#stage-production-2.passed').waitFor();
    expect(await story.place.lines('production')).toEqual(['1.0.0', '1.1.0', '1.0.0']);
    expect(await finish('roll back')).toBe(3);
  });

  it('a repository fails at night', async () => {
    story.registry.spoil(() => ({ status: 401 }));
    await story.post('ada', '/repositories/npmjs/poll', { wait: true });
    const { page, click, finish } = await begin('ada');
    const alarm = page.locator('#alarms li', { hasText: 'npmjs' });
    expect(await alarm.innerText()).toMatch(/fails since .*UNAUTHORIZED/s);
    story.registry.spoil();
    await click(alarm.getByRole('link', { name: 'npmjs' }));
    await click(page.getByRole('button', { name: 'Poll now' }));
    await page.locator('#health .status.passed').waitFor();
    expect(await finish('a repository fails at night')).toBe(2);
  });

  it('who approved what and when', async () => {
    const { page, click, finish } = await begin('root');
    await click(page.getByRole('link', { name: 'Audit', exact: true }));
    await page.getByLabel('What', { exact: true }).fill('approve');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/audit?*action=approve*');
    await page.locator('#audit tbody tr', { hasText: 'poll' }).first().waitFor({ state: 'detached' });
    const first = page.locator('#audit tbody tr', { hasText: 'tried on staging' });
    expect(await first.innerText()).toMatch(/quinn\s+approve\s+release\/1/);
    expect(await first.locator('time').getAttribute('title')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
    expect(await finish('who approved what and when')).toBe(1);
  });
});
