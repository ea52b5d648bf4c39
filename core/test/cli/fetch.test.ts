import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type FaultyServer, startFaultyServer } from '../../../plugin-sdk/src/testing/faulty-server.ts';
import { addFetchCommand } from '../../src/cli/fetch.ts';

const bytes = Buffer.from('the bytes that were published');
const digest = `sha512:${createHash('sha512').update(bytes).digest('hex')}`;

async function startServer(): Promise<FaultyServer> {
  const server = await startFaultyServer();
  onTestFinished(() => server.close());
  return server;
}

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-fetch-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Runs the command in a job with this environment; answers the directory and what was printed. */
async function runFetch(environment: Readonly<Record<string, string>>, ...args: string[]) {
  const directory = makeDirectory();
  return { directory, printed: await runFetchIn(directory, environment, ...args) };
}

async function runFetchIn(
  directory: string,
  environment: Readonly<Record<string, string>>,
  ...args: string[]
) {
  const printed: string[] = [];
  const program = new Command().exitOverride();
  const { signal } = new AbortController();
  addFetchCommand(program, {
    environment,
    directory,
    signal,
    print: (line) => printed.push(line),
    warn: () => {},
  });
  await program.parseAsync(['fetch', ...args], { from: 'user' });
  return printed;
}

describe('sluice fetch', () => {
  it.each(['FASTIFY', 'fastify', 'Fastify'])(
    'fetches the revision that the run has pinned, named %s, and prints where it is',
    async (name) => {
      const server = await startServer();
      server.answer('/f/fastify-5.2.1.tgz', { body: bytes });
      const location = `${server.origin}/f/fastify-5.2.1.tgz`;
      const { directory, printed } = await runFetch(
        { GO_PACKAGE_FASTIFY_LOCATION: location, SLUICE_PACKAGE_FASTIFY_DIGEST: digest },
        name,
      );
      expect(printed).toEqual([join(directory, 'fastify-5.2.1.tgz')]);
      expect(readdirSync(directory)).toEqual(['fastify-5.2.1.tgz']);
      expect(readFileSync(join(directory, 'fastify-5.2.1.tgz'))).toEqual(bytes);
    },
  );

  it('knows a material by its repository and package, where it has no other name', async () => {
    const server = await startServer();
    server.answer('/a.rpm', { body: bytes });
    const environment = {
      GO_PACKAGE_BASE_MY_APP_LOCATION: `${server.origin}/a.rpm`,
      SLUICE_PACKAGE_BASE_MY_APP_DIGEST: digest,
    };
    const { printed } = await runFetch(environment, 'base/my-app');
    expect(printed).toHaveLength(1);
  });

  it('reads a repository of files', async () => {
    const source = join(makeDirectory(), 'a b+1.rpm');
    writeFileSync(source, bytes);
    const environment = {
      GO_PACKAGE_A_LOCATION: pathToFileURL(source).href,
      SLUICE_PACKAGE_A_DIGEST: digest,
    };
    const { directory } = await runFetch(environment, 'A');
    expect(readFileSync(join(directory, 'a b+1.rpm'))).toEqual(bytes);
  });

  it.each([
    ['out.tgz', 'out.tgz'],
    ['dist', 'dist/pkg.tgz'],
  ])('writes to --output %s', async (output, path) => {
    const server = await startServer();
    server.answer('/pkg.tgz', { body: bytes });
    const directory = makeDirectory();
    mkdirSync(join(directory, 'dist'));
    const environment = {
      GO_PACKAGE_A_LOCATION: `${server.origin}/pkg.tgz?token=none`,
      SLUICE_PACKAGE_A_DIGEST: digest,
    };
    await runFetchIn(directory, environment, 'A', '--output', output);
    expect(readFileSync(join(directory, path))).toEqual(bytes);
  });

  it('takes the bytes as they were published, where a server declares the format of the file as a compression', async () => {
    const server = await startServer();
    server.answer('/pkg.tgz', { body: bytes, headers: { 'content-encoding': 'gzip' } });
    const { printed } = await runFetch(
      { GO_PACKAGE_A_LOCATION: `${server.origin}/pkg.tgz`, SLUICE_PACKAGE_A_DIGEST: digest },
      'A',
    );
    expect(printed).toHaveLength(1);
    expect(server.requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it.each([
    ['other bytes', { body: 'other bytes' }, 'has not the bytes that were published'],
    ['half of the bytes', { body: bytes, cutAfter: 10 }, 'pkg.tgz'],
    ['an error', { status: 404 }, 'pkg.tgz'],
  ])('keeps nothing of %s, and leaves what was there', async (_case, script, words) => {
    const server = await startServer();
    server.answer('/pkg.tgz', script);
    const directory = makeDirectory();
    writeFileSync(join(directory, 'pkg.tgz'), 'from before');
    const environment = {
      GO_PACKAGE_A_LOCATION: `${server.origin}/pkg.tgz`,
      SLUICE_PACKAGE_A_DIGEST: digest,
    };
    const error: unknown = await runFetchIn(directory, environment, 'A').catch((thrown: unknown) => thrown);
    if (!(error instanceof Error)) throw new Error('it was fetched');
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('\n');
    expect(readdirSync(directory)).toEqual(['pkg.tgz']);
    expect(readFileSync(join(directory, 'pkg.tgz'), 'utf8')).toBe('from before');
  });

  it.each([
    ['no digest', {}],
    ['a digest that cannot be verified', { SLUICE_PACKAGE_A_DIGEST: 'crc99:0a' }],
  ])('refuses a revision with %s, unless it is told otherwise', async (_case, known) => {
    const server = await startServer();
    server.answer('/pkg.tgz', { body: bytes });
    const environment = { GO_PACKAGE_A_LOCATION: `${server.origin}/pkg.tgz`, ...known };
    await expect(runFetch(environment, 'A')).rejects.toThrow('--unverified');
    expect(server.requests).toEqual([]);
    const { printed } = await runFetch(environment, 'A', '--unverified');
    expect(printed).toHaveLength(1);
  });

  it('verifies a digest that is known although it is told otherwise', async () => {
    const server = await startServer();
    server.answer('/pkg.tgz', { body: 'other bytes' });
    const environment = {
      GO_PACKAGE_A_LOCATION: `${server.origin}/pkg.tgz`,
      SLUICE_PACKAGE_A_DIGEST: digest,
    };
    await expect(runFetch(environment, 'A', '--unverified')).rejects.toThrow('has not the bytes');
  });

  it.each([
    [{ GO_REPO_A_TOKEN: 'hunter22' }, 'Bearer hunter22'],
    [
      { GO_REPO_A_USERNAME: 'bob', GO_REPO_A_PASSWORD: 'pw' },
      `Basic ${Buffer.from('bob:pw').toString('base64')}`,
    ],
    [{ GO_REPO_A_USERNAME: 'bob' }, undefined],
  ])(
    'proves itself with the credentials that the job lists, to the repository only (%#)',
    async (credentials, expected) => {
      const repository = await startServer();
      const elsewhere = await startServer();
      repository.answer('/pkg.tgz', { status: 302, headers: { location: `${elsewhere.origin}/pkg.tgz` } });
      elsewhere.answer('/pkg.tgz', { body: bytes });
      const common = {
        GO_REPO_A_URL: `${repository.origin}/npm/`,
        SLUICE_PACKAGE_A_DIGEST: digest,
        ...credentials,
      };
      await runFetch({ ...common, GO_PACKAGE_A_LOCATION: `${repository.origin}/pkg.tgz` }, 'A');
      await runFetch({ ...common, GO_PACKAGE_A_LOCATION: `${elsewhere.origin}/pkg.tgz` }, 'A');
      expect(repository.requests.map(({ headers }) => headers.authorization)).toEqual([expected]);
      expect(elsewhere.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
    },
  );

  it('says what to do outside of a job', async () => {
    await expect(runFetch({}, 'npmjs/fastify')).rejects.toThrow(
      'GO_PACKAGE_NPMJS_FASTIFY_LOCATION is not set',
    );
  });

  it.each(['/', '/a%2F..%2Fb', '/a%00b'])(
    'takes no file name from a location that ends in %s',
    async (path) => {
      const environment = {
        GO_PACKAGE_A_LOCATION: `http://127.0.0.1:1${path}`,
        SLUICE_PACKAGE_A_DIGEST: digest,
      };
      await expect(runFetch(environment, 'A')).rejects.toThrow('--output');
    },
  );
});
