import { type FaultyServer, startFaultyServer } from '@sluice/plugin-sdk/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import npm from '../src/index.ts';
import { MachineRegistries } from '../src/machine-registries.ts';
import { makeMachine } from './support/machine.ts';
import { openRepository } from './support/repository.ts';

let server: FaultyServer;

beforeEach(async () => {
  const packument = (name: string) => ({
    body: JSON.stringify({
      name,
      versions: { '1.0.0': { name, version: '1.0.0' } },
      'dist-tags': { latest: '1.0.0' },
    }),
  });
  server = await startFaultyServer({
    otherwise: ({ path }) => packument(decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))),
  });
});
afterEach(() => server.close());

/** What core passes of an environment. */
function pass(environment: Readonly<Record<string, string>>): Record<string, string> {
  const names = npm.environment ?? [];
  const isPassed = (name: string) =>
    names.some((known) => (known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : name === known));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => isPassed(name)));
}

/** The last request's address and credentials. */
function lastRequest(): readonly [path: string | undefined, authorization: string | undefined] {
  const request = server.requests.at(-1);
  return [request?.path, request?.headers.authorization];
}

/**
 * The text of an .npmrc: `{registry}`, its `{dart}` (the key of its credentials), its `{port}`, `{env:NAME}`
 * as npm refers to a variable.
 */
function rc(text: string): string {
  const url = new URL('/npm/x/', server.origin);
  return text
    .replaceAll('{registry}', url.href)
    .replaceAll('{dart}', `//${url.host}${url.pathname}`)
    .replaceAll('{port}', url.port)
    .replaceAll(/\{env:(\w+)\}/g, (_, name) => `\${${name}}`);
}

describe("the machine's npm configuration", () => {
  it.each([
    ['the user', {}, { 'home/.npmrc': 'registry={registry}' }],
    [
      'the project, before the user',
      {},
      { 'project/.npmrc': 'registry={registry}', 'home/.npmrc': 'registry=http://127.0.0.1:9/' },
    ],
    ['another user configuration', { NPM_CONFIG_USERCONFIG: '{root}/rc' }, { rc: 'registry={registry}' }],
    ['a global configuration', { npm_config_globalconfig: '{root}/rc' }, { rc: 'registry={registry}' }],
    [
      'the prefix that the user has',
      {},
      { 'home/.npmrc': 'prefix={root}/prefix', 'prefix/etc/npmrc': 'registry={registry}' },
    ],
    [
      'a variable in a file',
      { NPM_MIRROR: 'x' },
      { 'home/.npmrc': 'registry=http://127.0.0.1:9/{env:NPM_MIRROR}' },
    ],
    ['nobody', {}, {}],
  ])('gives the registry of %s, as npm does', async (_, environment, files: Record<string, string>) => {
    await using machine = await makeMachine(environment);
    for (const [path, text] of Object.entries(files)) await machine.write(path, rc(text));
    const expected = await machine.npm('config', 'get', 'registry');
    expect(await findRegistry(machine.environment, machine.directory, 'x')).toBe(
      `${expected.replace(/\/$/, '')}/`,
    );
  });

  it.each(['NPM_CONFIG_REGISTRY', 'npm_config_registry'])(
    'gives the registry of %s before all files',
    async (name) => {
      await using machine = await makeMachine({ [name]: 'http://127.0.0.1:9/env' });
      await machine.write('project/.npmrc', 'registry=http://127.0.0.1:9/file/');
      expect(await machine.npm('config', 'get', 'registry')).toBe('http://127.0.0.1:9/env');
      expect(await findRegistry(machine.environment, machine.directory, 'x')).toBe('http://127.0.0.1:9/env/');
    },
  );

  it('gives a scope its own registry', async () => {
    await using machine = await makeMachine();
    await machine.write(
      'home/.npmrc',
      'registry=http://127.0.0.1:9/\n@acme:registry=http://127.0.0.1:9/acme',
    );
    expect(await findRegistry(machine.environment, machine.directory, '@acme/x')).toBe(
      'http://127.0.0.1:9/acme/',
    );
    expect(await findRegistry(machine.environment, machine.directory, '@other/x')).toBe(
      'http://127.0.0.1:9/',
    );
  });

  it.each([
    ['a token', '{dart}:_authToken=tok-12345'],
    ['a token of a folder above', '//127.0.0.1:{port}/:_authToken=tok-12345'],
    ['a token without the last slash', '//127.0.0.1:{port}/npm:_authToken=tok-12345'],
    ['a token from the environment', '{dart}:_authToken={env:NPM_TOKEN}'],
    ['a name and password', `{dart}:username=u\n{dart}:_password=${btoa('pass:word')}`],
    ['both as one', `{dart}:_auth=${btoa('u:pass:word')}`],
    ['none', '//elsewhere.example.com/:_authToken=tok-12345'],
  ])('proves itself with %s as npm does', async (_, text) => {
    await using machine = await makeMachine({ NPM_TOKEN: 'tok-from-env' });
    await machine.write('home/.npmrc', rc(`registry={registry}\n${text}\n`));
    await machine.npm('view', '@acme/x', 'version');
    const expected = lastRequest();
    await using repository = openRepository(
      {},
      { environment: pass(machine.environment), directory: machine.directory },
    );
    expect(await repository.poll({ name: '@acme/x' })).toHaveProperty('revisions');
    expect(lastRequest()).toEqual(expected);
  });

  it('is masked where it is secret', async () => {
    await using machine = await makeMachine();
    await machine.write('home/.npmrc', rc('registry={registry}\n{dart}:_authToken=tok-12345'));
    await using repository = openRepository(
      {},
      { environment: pass(machine.environment), directory: machine.directory },
    );
    await repository.poll({ name: 'x' });
    expect(repository.secrets).toEqual(['tok-12345']);
  });

  it.each([
    ['a variable that is not there', '{dart}:_authToken={env:NPM_NOT_SET}', /NPM_NOT_SET/],
    ['half a pair', `{dart}:_auth=${btoa('only-a-name')}`, /_auth/],
    ['credentials in the address', 'registry=http://u:hidden@127.0.0.1:9/', /registry/],
    ['an address of a file', 'registry=file:///srv/npm', /registry/],
  ])('is a coded problem with %s', async (_, text, message) => {
    await using machine = await makeMachine();
    await machine.write('home/.npmrc', rc(`registry={registry}\n${text}`));
    await using repository = openRepository(
      {},
      { environment: pass(machine.environment), directory: machine.directory },
    );
    const answer = await repository.poll({ name: 'x' });
    expect(answer).toMatchObject({
      problem: { code: 'CONFIG_INVALID', message: expect.stringMatching(message) },
    });
    expect(String('problem' in answer && answer.problem)).not.toContain('hidden');
    await expect(repository.check()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(server.requests).toEqual([]);
  });

  it('is read once, and holds until the repository is opened anew', async () => {
    await using machine = await makeMachine();
    await machine.write('home/.npmrc', rc('registry={registry}'));
    await using repository = openRepository(
      {},
      { environment: pass(machine.environment), directory: machine.directory },
    );
    await repository.poll({ name: 'x' });
    await machine.write('home/.npmrc', 'registry=http://127.0.0.1:9/');
    expect(await repository.poll({ name: 'x' })).toHaveProperty('revisions');
  });

  it('says which file could not be read', async () => {
    await using machine = await makeMachine({ NPM_CONFIG_REGISTRY: `${server.origin}/` });
    await machine.write('home/.npmrc/a-folder', '');
    await using repository = openRepository(
      {},
      { environment: pass(machine.environment), directory: machine.directory },
    );
    await repository.poll({ name: 'x' });
    expect(repository.warnings).toEqual([expect.stringContaining('.npmrc is left out: EISDIR')]);
  });

  it('does not touch the environment of the process', async () => {
    const before = { ...process.env };
    await using machine = await makeMachine({ NPM_CONFIG_REGISTRY: `${server.origin}/` });
    await using repository = openRepository(
      {},
      { environment: pass(machine.environment), directory: machine.directory },
    );
    await repository.poll({ name: 'x' });
    expect(process.env).toEqual(before);
  });
});

/** Where the plugin would look for a package, without asking there. */
async function findRegistry(
  environment: Readonly<Record<string, string>>,
  directory: string,
  name: string,
): Promise<string> {
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  const find = await new MachineRegistries({ environment: pass(environment), directory }).load({
    log,
    secret: () => {},
  });
  return find(name).url;
}
