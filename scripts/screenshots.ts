import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser } from '../test/support/browser.ts';
import { pageList } from '../test/support/page-list.ts';
import { openShowcase, signIn } from '../test/support/showcase.ts';

/**
 * Takes a picture of every page, light and dark, as somebody sees it who has signed in, into
 * docs/screenshots/.
 */
const folder = join(import.meta.dirname, '../docs/screenshots');
const viewport = { width: 1280, height: 800 };
const tallest = 900;

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await using ending = new AsyncDisposableStack();
const show = ending.adopt(await openShowcase({ harm: '', signsIn: true }), (one) => one.end());
const browser = ending.adopt(await openBrowser(), (one) => one.close());
for (const colorScheme of ['light', 'dark'] as const) {
  const options = { baseURL: show.server.url, colorScheme, viewport };
  const context = await browser.newContext({ ...options, ...signIn(show.server) });
  const stranger = await browser.newContext(options);
  const pages = { signedIn: await context.newPage(), unknown: await stranger.newPage() };
  for (const [name, path] of Object.entries(pageList)) {
    const page = name === 'sign-in' ? pages.unknown : pages.signedIn;
    await page.goto(path);
    await page.locator('html[data-script=ready]').waitFor();
    const height = Math.min(tallest, await page.evaluate<number>('document.documentElement.scrollHeight'));
    const clip = { x: 0, y: 0, width: viewport.width, height: Math.max(400, height) };
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), clip, fullPage: true });
  }
  await Promise.all([context.close(), stranger.close()]);
}
console.log(`the pictures are in ${folder}`);
