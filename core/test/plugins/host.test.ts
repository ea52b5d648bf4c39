import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { long } from '../../../test/support/long.ts';
import { patienceMs } from '../../../test/support/until.ts';
import type { PluginHost } from '../../src/plugins/plugin-host.ts';
import { ask, fixture, repository } from './asking.ts';
import { hostFixtures, poll, silenceMs } from './host.ts';

const { signal } = new AbortController();

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-plugins-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

/** A server on loopback that answers everything with `ok`. */
async function serve(): Promise<{ readonly url: string; readonly requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(String(request.url));
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, requests };
}

describe('loading', () => {
  it('tells id, contract, schemas and secrets of a plugin', async () => {
    const { host } = await hostFixtures(['orderly']);
    expect(host.loaded().get('orderly')).toMatchObject({
      title: 'Everything in order',
      contract: 1,
      version: expect.stringMatching(/^[0-9a-f]{12}$/),
      source: fixture('orderly'),
      repository: { properties: { url: { format: 'uri' } } },
      package: { required: ['name'] },
      secrets: { repository: ['token'], package: ['key'] },
    });
    expect(host.failed()).toEqual([]);
  });

  it('takes a .ts file anywhere, with the SDK from Sluice itself', async () => {
    const file = join(await makeDirectory(), 'plugin.ts');
    const text = await readFile(fixture('by-build'), 'utf8');
    await writeFile(file, text);
    const { host } = await hostFixtures([], { plugins: [file] });
    expect([...host.loaded().keys()]).toEqual(['by-build']);
  });

  it.each([
    { main: 'index.js', head: "import { definePackagePlugin } from '@sluice/plugin-sdk';\nexport default" },
    {
      main: 'index.cjs',
      head: "const { definePackagePlugin } = require('@sluice/plugin-sdk');\nmodule.exports =",
    },
  ])('takes an npm package that is installed beside the configuration ($main)', async ({ main, head }) => {
    const directory = await makeDirectory();
    await writePackage(directory, 'sluice-plugin-js', main, head);
    const { host } = await hostFixtures([], { plugins: ['sluice-plugin-js'], directory });
    expect(host.failed()).toEqual([]);
    expect(host.loaded().get('packaged')).toMatchObject({ version: '3.2.1', source: 'sluice-plugin-js' });
  });

  it('says in words what does not fit, and hosts the others', async () => {
    const directory = await makeDirectory();
    await writePackage(directory, 'sluice-plugin-ts', 'index.ts', 'export default');
    const names = ['throws-at-load', 'loops-at-load', 'no-plugin', 'other-contract', 'orderly'];
    const { host } = await hostFixtures([], {
      plugins: [...names.map(fixture), 'sluice-plugin-ts', 'not-installed', '/no/such/plugin.ts'],
      directory,
      limits: { silenceMs, totalMs: 1.5 * silenceMs, memoryBytes: 2 ** 28 },
    });
    expect([...host.loaded().keys()]).toEqual(['orderly']);
    const messages = host.failed().map(({ message }) => message);
    expect(messages).toEqual([
      expect.stringMatching(/^\/.*throws-at-load\.ts cannot be loaded: Error: this plugin cannot start/),
      expect.stringMatching(/did not finish loading in time/),
      expect.stringMatching(/^\/.*no-plugin\.ts is no plugin: export what definePackagePlugin/),
      expect.stringMatching(
        /^The plugin from-the-future \(.*other-contract\.ts\) is written for contract 2, and this Sluice speaks contract 1/,
      ),
      expect.stringMatching(/^sluice-plugin-ts is TypeScript under node_modules/),
      expect.stringMatching(/not-installed is not installed: run npm install not-installed/),
      expect.stringMatching(/plugin\.ts cannot be read/),
    ]);
    await expect(
      poll({ host, log: [], restarts: [] }, repository('r', 'gone', {}), ask(['a'])),
    ).rejects.toMatchObject({
      code: 'PLUGIN_FAILED',
      message: expect.stringMatching(/no plugin gone.*cannot start/),
    });
  });

  it('refuses a second plugin of the same id', async () => {
    const copy = join(await makeDirectory(), 'copy.ts');
    await writeFile(copy, await readFile(fixture('by-build'), 'utf8'));
    const { host } = await hostFixtures([], { plugins: [fixture('by-build'), copy] });
    expect(host.loaded().get('by-build')?.source).toBe(fixture('by-build'));
    expect(host.failed()).toEqual([
      { source: copy, message: expect.stringMatching(/Two plugins are called by-build/) },
    ]);
  });

  it('does not mix an old plugin with a new one that was put in its place', async () => {
    const file = join(await makeDirectory(), 'plugin.ts');
    const text = await readFile(fixture('by-build'), 'utf8');
    await writeFile(file, text);
    const { host } = await hostFixtures([], { plugins: [file], idleMs: 1 });
    await writeFile(file, `${text}\n`);
    await expect
      .poll(() => host.compare('by-build', [['1', '2']]).catch((error: Error) => error.message))
      .toMatch(/restart Sluice to use it/);
  });
});

describe('questions', () => {
  it('validates each package, by name', async () => {
    const { host } = await hostFixtures(['orderly']);
    const packages = new Map([
      ['one', { name: 'good' }],
      ['two', { name: 'bad' }],
    ]);
    expect(await host.validate('orderly', {}, packages)).toEqual(
      new Map([
        ['one', []],
        ['two', [{ in: 'package', field: 'name', message: 'bad is bad' }]],
      ]),
    );
  });

  it('compares pairs', async () => {
    const { host } = await hostFixtures(['orderly']);
    await expectSigns(host);
  });

  it('is not held up by a comparison that never ends', long, async () => {
    const { host } = await hostFixtures(['orderly']);
    const [endless, signs] = await Promise.allSettled([
      host.compare('orderly', [['loop', '1']]),
      host.check(repository('r', 'orderly', { url: (await serve()).url }), { signal }),
    ]);
    expect(endless).toMatchObject({ status: 'rejected', reason: { code: 'PLUGIN_FAILED' } });
    expect(signs.status).toBe('fulfilled');
    await expectSigns(host);
  });

  it('describes in the order asked', async () => {
    const { host } = await hostFixtures(['orderly']);
    const revisions = ['1', '2', '3'].map((version) => ({ version }));
    expect(await host.describe(repository('r', 'orderly', {}), { name: 'a' }, revisions, { signal })).toEqual(
      [
        { kind: 'revision', revision: { version: '1', publisher: 'somebody' } },
        { kind: 'absent' },
        { kind: 'problem', problem: { code: 'NOT_FOUND', message: 'gone' } },
      ],
    );
  });

  it('gives each revision as it is where the plugin does not describe', async () => {
    const { host } = await hostFixtures(['faulty']);
    const revisions = [{ version: '1', data: { A: 'b' } }];
    const described = await host.describe(
      repository('r', 'faulty', { fault: 'none' }),
      { name: 'a' },
      revisions,
      { signal },
    );
    expect(described).toEqual([{ kind: 'revision', revision: revisions[0] }]);
  });

  it('polls over HTTP with cursors, progress and traffic', async () => {
    const { host } = await hostFixtures(['orderly']);
    const { url, requests } = await serve();
    const told: unknown[] = [];
    const packages = [...ask(['a', 'b']), { key: 'c', config: { name: 'c' }, cursor: 'known' }];
    const asked = {
      signal,
      cursor: 'etag',
      onProgress: (p: unknown) => told.push(p),
      onTraffic: (t: unknown) => told.push(t),
    };
    const answers = await Array.fromAsync(host.poll(repository('r', 'orderly', { url }), packages, asked));
    expect(answers.map(({ kind }) => kind)).toEqual(['repository', 'complete', 'complete', 'unchanged']);
    expect(answers[0]).toMatchObject({ warning: 'cursor etag' });
    expect(requests).toHaveLength(3);
    expect(told).toContainEqual({ done: 3, total: 3, unit: 'packages' });
    expect(told.at(-1)).toEqual({ requests: 3, bytes: 6 });
  });

  it('carries the largest set that is allowed, in pieces, in order', async () => {
    const host = await hostFixtures(['orderly'], {
      limits: { silenceMs: patienceMs, totalMs: patienceMs, memoryBytes: 2 ** 30 },
    });
    const [answer] = await poll(host, repository('r', 'orderly', { size: 100_000 }), ask(['a']));
    const revisions = answer?.kind === 'complete' ? answer.revisions : [];
    expect(revisions).toHaveLength(100_000);
    expect(revisions.findIndex(({ version }, index) => version !== `${index}`)).toBe(-1);
  });

  it('asks about ten thousand packages at once, each answered once', async () => {
    const host = await hostFixtures(['orderly']);
    const keys = Array.from({ length: 10_000 }, (_, index) => `package-${index}`);
    const answers = await poll(host, repository('r', 'orderly', {}), ask(keys));
    expect(answers.map((answer) => 'key' in answer && answer.key)).toEqual(keys);
  });
});

describe('what a plugin is lent', () => {
  it('is a repository that stays open until its settings change', async () => {
    const host = await hostFixtures(['orderly']);
    const { url } = await serve();
    for (const config of [{ url }, { url }, { url, size: 2 }])
      await host.host.check(repository('r', 'orderly', config), { signal });
    const opened = host.log.map(({ message }) => message).filter((message) => message.startsWith('opened'));
    expect(opened).toEqual(['opened 1', 'opened 1', 'opened 2']);
  });

  it('is the part of the environment that it names, and nothing else', async () => {
    const host = await hostFixtures(['orderly'], {
      environment: { LENT: 'a', LENT_TOO: 'b', LENTIL: 'c', SECRET: 'd' },
    });
    const { url } = await serve();
    await host.host.check(repository('r', 'orderly', { url }), { signal });
    expect(host.log).toContainEqual({
      plugin: 'orderly',
      repository: 'r',
      level: 'info',
      message: `environment {"LENT":"a","LENT_TOO":"b"}, process {}, in ${process.cwd()}`,
    });
  });

  it('never shows a secret of the settings, or one that it minted, in logs, prints and errors', async () => {
    const host = await hostFixtures(['orderly']);
    const asked = host.host.check(repository('r', 'orderly', { token: '${env:TOKEN}' }), { signal });
    await expect(asked).rejects.toMatchObject({ code: 'UNAUTHORIZED', message: 'wrong token [secret]' });
    await expect
      .poll(() => host.log.map(({ message }) => message))
      .toContain('printed [secret] and [secret]');
    expect(host.log).toContainEqual({
      plugin: 'orderly',
      repository: 'r',
      level: 'warn',
      message: 'logged [secret]\\u001b[31m and\\n[secret]',
    });
    expect(JSON.stringify(host.log)).not.toMatch(/hunter2|minted/);
  });

  it('is CONFIG_INVALID where a setting cannot be filled in', async () => {
    const { host } = await hostFixtures(['orderly'], {
      resolve: () => {
        throw new Error('NAME is not set');
      },
    });
    const asked = host.check(repository('r', 'orderly', { token: 'x' }), { signal });
    await expect(asked).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: /token cannot be filled in: NAME is not set/,
    });
  });
});

describe('taking a question back', () => {
  it('gives the reason at once, and leaves the process to the others', async () => {
    const host = await hostFixtures(['faulty']);
    const abort = new AbortController();
    const silent = poll(host, repository('silent', 'faulty', { fault: 'silence' }), ask(['a']), abort.signal);
    const others = poll(host, repository('other', 'faulty', { fault: 'none' }), ask(['a', 'b']));
    abort.abort(new Error('not wanted any more'));
    await expect(silent).rejects.toThrow('not wanted any more');
    expect(await others).toHaveLength(2);
    expect(host.restarts).toEqual([]);
  });

  it('ends a plugin that does not listen, and asks the others again, each answer once', async () => {
    const host = await hostFixtures(['faulty']);
    const abort = new AbortController();
    const deaf = poll(
      host,
      repository('deaf', 'faulty', { fault: 'silence, deaf to the signal' }),
      ask(['a']),
      abort.signal,
    );
    const keys = Array.from({ length: 200 }, (_, index) => `${index}`);
    const others = poll(host, repository('other', 'faulty', { fault: 'none' }), ask(keys));
    setTimeout(() => abort.abort(new Error('not wanted any more')), 200);
    await expect(deaf).rejects.toThrow('not wanted any more');
    expect((await others).map((answer) => 'key' in answer && answer.key)).toEqual(keys);
    expect(host.restarts).toEqual([expect.stringMatching(/did not end when it was told to/)]);
  });

  it('tells the plugin to end when nobody reads on', async () => {
    const host = await hostFixtures(['faulty'], {
      limits: { silenceMs: patienceMs, totalMs: patienceMs, memoryBytes: 2 ** 28 },
    });
    const deaf = repository('deaf', 'faulty', { fault: 'silence, deaf to the signal' });
    for await (const answer of host.host.poll(deaf, ask(['a', 'b']), { signal, cursor: undefined })) {
      expect(answer).toMatchObject({ key: 'a' });
      break;
    }
    await expect
      .poll(() => host.restarts)
      .toEqual([expect.stringMatching(/did not end when it was told to/)]);
  });
});

async function expectSigns(host: PluginHost): Promise<void> {
  const pairs = [
    ['1', '10'],
    ['2', '2'],
    ['9', '10'],
    ['10', '9'],
  ] as const;
  expect(await host.compare('orderly', pairs)).toEqual([-1, 0, -1, 1]);
}

/** Installs a package with a plugin in a directory, as npm would. */
async function writePackage(directory: string, name: string, main: string, head: string): Promise<void> {
  const folder = join(directory, 'node_modules', name);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name, version: '3.2.1', type: 'module', exports: `./${main}` }),
  );
  const plugin = `{ id: 'packaged', title: 'Packaged', repository: {}, package: {}, compare: () => 0, open: () => ({}) }`;
  await writeFile(join(folder, main), `${head} definePackagePlugin(${plugin});\n`);
}
