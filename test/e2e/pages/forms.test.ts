import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumBrowser, openBrowser, openPage } from '../../support/browser.ts';
import { describeWith } from '../../support/requirement.ts';
import { openShowcase, type Showcase } from '../../support/showcase.ts';
import { until } from '../../support/until.ts';

let show: Showcase;
beforeAll(async () => {
  show = await openShowcase();
});
afterAll(() => show?.end());

describeWith(chromiumBrowser, 'the forms of the pages, without scripts', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it('have a repository polled, and say so once', async () => {
    const { page, close } = await openPage(browser, show.server.url, { javaScriptEnabled: false });
    await page.goto('/repositories/npmjs');
    const asked = show.registry.asks.length;
    await page.getByRole('button', { name: 'Poll now' }).click();
    expect(new URL(page.url()).pathname).toBe('/repositories/npmjs');
    expect(await page.locator('.notice').innerText()).toBe('npmjs will be polled at once.');
    await until(() => show.registry.asks.length > asked);
    await page.reload();
    expect(await page.locator('.notice').count()).toBe(0);
    await close();
  });

  it('change the colours, and the browser remembers', async () => {
    const { page, close } = await openPage(browser, show.server.url, {
      javaScriptEnabled: false,
      colorScheme: 'light',
    });
    const readGround = () =>
      page.locator('body').evaluate((body) => body.computedStyleMap().get('background-color')?.toString());
    await page.goto('/decisions?outcome=held');
    const light = await readGround();
    await page.getByRole('button', { name: 'Dark colours' }).click();
    expect(page.url()).toBe(`${show.server.url}/decisions?outcome=held`);
    expect(await readGround()).not.toBe(light);
    await page.goto('/');
    expect(await page.getByRole('button', { name: 'Dark colours' }).getAttribute('aria-pressed')).toBe(
      'true',
    );
    await close();
  });

  it('filter the pipelines by the address', async () => {
    const { page, close } = await openPage(browser, show.server.url, { javaScriptEnabled: false });
    await page.goto('/');
    await page.locator('#choose-status').selectOption('failed');
    await page.getByRole('button', { name: 'Filter' }).click();
    expect(new URL(page.url()).searchParams.get('status')).toBe('failed');
    expect(await page.locator('.rows > li').allInnerTexts()).toEqual([expect.stringContaining('rollout')]);
    await close();
  });
});

describe('a form that another page sends', () => {
  interface Sent {
    readonly token?: string;
    readonly headers?: Readonly<Record<string, string>>;
  }

  async function send(
    make: (token: string, cookie: string) => Sent,
  ): Promise<{ status: number; text: string }> {
    const page = await fetch(`${show.server.url}/repositories/npmjs`);
    const cookie = page.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const token = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
    const sent = make(token, cookie);
    const answer = await fetch(`${show.server.url}/repositories/npmjs/poll`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams(sent.token === undefined ? {} : { _csrf: sent.token }),
      headers: { cookie, ...sent.headers },
    });
    return { status: answer.status, text: await answer.text() };
  }

  it('is taken where it carries its proof', async () => {
    expect((await send((token) => ({ token }))).status).toBe(303);
  });

  it.each<[string, (token: string) => Sent]>([
    ['has no token', () => ({})],
    ['has a token that nobody gave', () => ({ token: 'guessed-token-of-some-length' })],
    [
      'has the token without the cookie that it was made for',
      (token) => ({ token, headers: { cookie: '' } }),
    ],
    [
      'comes from another origin',
      (token) => ({ token, headers: { origin: 'https://elsewhere.example.com' } }),
    ],
    ['comes from another site', (token) => ({ token, headers: { 'sec-fetch-site': 'cross-site' } })],
  ])('is refused where it %s', async (_, make) => {
    const { status, text } = await send(make);
    expect({ status, text }).toEqual({
      status: 403,
      text: expect.stringMatching(/csrf|cannot change anything here/i),
    });
  });

  it('is refused where it is no form', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect((await send((token) => ({ token, headers }))).status).toBe(415);
  });

  it('leads back to no other place', async () => {
    const page = await fetch(`${show.server.url}/`);
    const cookie = page.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const token = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
    for (const back of [
      'https://elsewhere.example.com/',
      '//elsewhere.example.com/',
      '/\\elsewhere.example.com',
    ]) {
      const answer = await fetch(`${show.server.url}/theme`, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie },
        body: new URLSearchParams({ _csrf: token, theme: 'dark', back }),
      });
      expect({ status: answer.status, location: answer.headers.get('location') }).toEqual({
        status: 303,
        location: '/',
      });
    }
  });
});
