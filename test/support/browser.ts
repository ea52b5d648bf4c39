import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Requirement } from './requirement.ts';
import { patienceMs } from './until.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Debian's Chromium, for {@link describeWith}. */
export const chromiumBrowser: Requirement = {
  name: 'Chromium',
  install: 'apt-get install chromium (or name another with CHROMIUM=PATH)',
  met: existsSync(executablePath),
};

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a browser with a user data directory of its own. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args });
}

/** A page that is watched. */
export interface WatchedPage {
  readonly page: Page;
  /**
   * What no page may do: requests to another host, scripts and styles that the Content-Security-Policy
   * refused (as the browser itself reports them), errors of scripts, and answers of 500 or more.
   */
  faults(): readonly string[];
  close(): Promise<void>;
}

/** Opens an empty page that may reach `origin` only. */
export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const faults: string[] = [];
  await context.route(
    (url) => url.origin !== origin,
    (route) => {
      faults.push(`a request to ${route.request().url()}`);
      return route.abort();
    },
  );
  await context.exposeBinding('reportFault', (_, fault: string) => faults.push(fault));
  await context.addInitScript(`
    document.addEventListener('securitypolicyviolation', (violation) =>
      reportFault('refused: ' + violation.violatedDirective + ' ' + violation.blockedURI + ' ' + violation.sample));
  `);
  page.on('pageerror', (error) => faults.push(`a script failed: ${error.message}`));
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) faults.push(message.text());
  });
  page.on('response', (answer) => {
    if (answer.status() >= 500) faults.push(`${answer.url()} answered ${answer.status()}`);
  });
  return { page, faults: () => faults, close: () => context.close() };
}

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Everything that axe-core looks for; the sizes of targets, which it leaves out by itself, among it. */
const rules = { 'target-size': { enabled: true } } as const;

/** What axe-core finds against a page, WCAG 2.2 AA and its best practices: rule, what is wrong, where. */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(await readFile(axeSource, 'utf8'));
  return lookForBarriers(page);
}

/**
 * The same, where {@link findBarriers} was asked about the page before: it has been made narrower since, or
 * darker.
 */
export async function lookForBarriers(page: Page): Promise<readonly string[]> {
  const options = JSON.stringify({ rules, resultTypes: ['violations'] });
  const found: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: unknown }[];
  }[] = await page.evaluate(`axe.run(document, ${options}).then(({ violations }) => violations)`);
  return found.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => String(target)).join(' | ')}`,
  );
}
