import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Requirement } from './requirement.ts';
import { until } from './until.ts';

/** A proxy that runs. */
export interface Running {
  readonly url: string;
  close(): Promise<void>;
}

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

/** Debian's nginx and HAProxy, for `describeWith`. */
export const nginx = describeProgram('nginx', 'nginx-light');
export const haproxy = describeProgram('haproxy', 'haproxy');

function describeProgram(program: string, debian: string): Requirement {
  const met = folders.some((folder) => existsSync(join(folder, program)));
  return { name: program, install: `apt-get install ${debian}`, met };
}

/** The `location` of a server that passes everything on, and nothing else: what nginx does by itself. */
export const bareNginx = (upstream: string) => `server { listen 80; location / { proxy_pass ${upstream}; } }`;

/** A block of docs/operations.md, by its language, with the address of our server in it. */
export async function readDocumented(language: 'nginx' | 'haproxy', upstream: string): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
  const [, block = ''] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(text) ?? [];
  return block.replaceAll('127.0.0.1:8153', new URL(upstream).host);
}

/** Starts nginx with a server's configuration, which listens on port 80 there, and on a free one here. */
export function startNginx(configuration: string): Promise<Running> {
  return startProxy('nginx', async (directory, port) => {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${directory};`,
    );
    const text = `
      daemon off; master_process off; pid ${directory}/pid; error_log stderr;
      events {}
      http { access_log off; ${temporary.join(' ')} ${configuration.replace('listen 80;', `listen 127.0.0.1:${port};`)} }`;
    await writeFile(join(directory, 'nginx.conf'), text);
    return ['-p', directory, '-c', join(directory, 'nginx.conf')];
  });
}

/** Starts HAProxy with a configuration that listens on port 80 there, and on a free one here. */
export function startHaproxy(configuration: string): Promise<Running> {
  return startProxy('haproxy', async (directory, port) => {
    await writeFile(
      join(directory, 'haproxy.cfg'),
      configuration.replace('bind :80', `bind 127.0.0.1:${port}`),
    );
    return ['-db', '-f', join(directory, 'haproxy.cfg')];
  });
}

async function startProxy(
  program: string,
  configure: (directory: string, port: number) => Promise<readonly string[]>,
): Promise<Running> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-proxy-'));
  const port = await findPort();
  const args = await configure(directory, port);
  const child = spawn(program, args, {
    env: { PATH: folders.join(delimiter) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const url = `http://127.0.0.1:${port}`;
  await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}: ${said}`);
      return (await fetch(`${url}/healthz`).catch(() => undefined))?.ok;
    },
    { describe: () => `${program}, which said ${said}` },
  );
  return { url, close: () => end(child, directory) };
}

async function end(child: ChildProcess, directory: string): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  await rm(directory, { recursive: true, force: true });
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
