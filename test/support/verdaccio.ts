import { type ChildProcess, execFile, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packManifest } from './npm-tarball.ts';

/** How to publish a version. */
export interface Publication {
  /** The dist-tag that is to name it; default `latest`. */
  readonly tag?: string;
  /** More of package.json; it is in the tarball too, so that another one makes other bytes. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

/**
 * A real npm registry on loopback, without uplinks. Packages under `@private/` want credentials to be read.
 */
export interface Verdaccio {
  /** With a trailing slash. */
  readonly url: string;
  /** May read, publish and unpublish everything. */
  readonly token: string;
  readonly username: string;
  readonly password: string;
  /** Publishes with the real npm client, about a second each. */
  publish(name: string, version: string, publication?: Publication): Promise<void>;
  /** Publishes with the client's own request, a few milliseconds each; for volume. */
  put(name: string, version: string, publication?: Publication): Promise<void>;
  /**
   * Runs the real npm client with an own configuration and cache; answers its standard output, rejects when
   * it fails.
   */
  npm(
    args: readonly string[],
    options?: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> },
  ): Promise<string>;
  close(): Promise<void>;
}

const run = promisify(execFile);
const username = 'tester';
const password = 'correct-horse';

/** Starts verdaccio in a process and a temporary folder of its own, with one user. */
export async function startVerdaccio(): Promise<Verdaccio> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-verdaccio-'));
  const server = await startServer(folder);
  const token = await addUser(server.url);
  const npm = await makeClient(folder, server.url, token);
  return {
    url: server.url,
    token,
    username,
    password,
    npm,
    publish: async (name, version, { tag = 'latest', manifest = {} } = {}) => {
      const source = await mkdtemp(join(folder, 'package-'));
      await writeFile(join(source, 'package.json'), JSON.stringify({ name, version, ...manifest }));
      await npm(['publish', source, '--tag', tag]);
    },
    put: (name, version, publication) => putVersion(server.url, token, name, version, publication),
    close: async () => {
      await endProcess(server.process);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(
  folder: string,
): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const file = join(folder, 'config.yaml');
  await writeFile(file, JSON.stringify(configuration(folder)));
  const child = fork(new URL('./verdaccio-server.ts', import.meta.url), [file], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk).slice(-10_000);
  });
  const [url] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`verdaccio did not start: ${complaint}`))),
  ]);
  return { url, process: child };
}

/** JSON is YAML; JWT, since the default token means a bcrypt for every request. */
function configuration(folder: string): object {
  const mayWrite = { publish: '$authenticated', unpublish: '$authenticated' };
  return {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: 10, rounds: 4 } },
    security: { api: { jwt: { sign: { expiresIn: '1d' } } } },
    uplinks: {},
    web: { enable: false },
    packages: {
      '@private/*': { access: '$authenticated', ...mayWrite },
      '**': { access: '$all', ...mayWrite },
    },
    max_body_size: '100mb',
    log: { type: 'stdout', format: 'json', level: 'fatal' },
  };
}

async function addUser(url: string): Promise<string> {
  const answer = await send(new URL(`-/user/org.couchdb.user:${username}`, url), {
    name: username,
    password,
  });
  const { token }: { readonly token: string } = JSON.parse(await answer.text());
  return token;
}

async function makeClient(folder: string, url: string, token: string): Promise<Verdaccio['npm']> {
  const userconfig = join(folder, 'npmrc');
  await writeFile(
    userconfig,
    `registry=${url}\n${url.replace('http:', '')}:_authToken=${token}\nupdate-notifier=false\nfund=false\naudit=false\n`,
  );
  await mkdir(join(folder, 'home'));
  // The surrounding `npm test` exports its own configuration, which must not reach this client.
  const env = {
    PATH: process.env['PATH'],
    HOME: join(folder, 'home'),
    NPM_CONFIG_USERCONFIG: userconfig,
    NPM_CONFIG_GLOBALCONFIG: join(folder, 'global-npmrc'),
    NPM_CONFIG_CACHE: join(folder, 'cache'),
  };
  return async (args, options = {}) => {
    const { stdout } = await run('npm', args, {
      cwd: options.cwd ?? folder,
      env: { ...env, ...options.env },
    });
    return stdout;
  };
}

async function putVersion(
  url: string,
  token: string,
  name: string,
  version: string,
  publication: Publication = {},
): Promise<void> {
  const manifest = { name, version, ...publication.manifest };
  const tarball = await packManifest(manifest);
  const file = `${name}-${version}.tgz`;
  const dist = {
    integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
    shasum: createHash('sha1').update(tarball).digest('hex'),
    tarball: new URL(`${name}/-/${file}`, url).href,
  };
  await send(
    new URL(name.replace('/', '%2f'), url),
    {
      _id: name,
      name,
      'dist-tags': { [publication.tag ?? 'latest']: version },
      versions: { [version]: { ...manifest, _id: `${name}@${version}`, dist } },
      _attachments: {
        [file]: {
          content_type: 'application/octet-stream',
          data: tarball.toString('base64'),
          length: tarball.length,
        },
      },
    },
    token,
  );
}

async function send(url: URL, body: object, token?: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`PUT ${url.pathname}: ${answer.status} ${await answer.text()}`);
  return answer;
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
