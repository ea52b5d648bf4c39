import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { buffer } from 'node:stream/consumers';

/**
 * A plain web server that keeps what is PUT to it, as a Maven repository may be; it wants a name and a
 * password.
 */
export interface MavenRepository {
  /** Without a slash at the end. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Where the files are. */
  readonly directory: string;
  /** Requests so far, as `METHOD path`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

const username = 'deployer';
const password = 'correct-horse';

/** Starts a repository on loopback, in a temporary folder of its own. */
export async function startMavenRepository(): Promise<MavenRepository> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-maven-repository-'));
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (request.headers.authorization !== authorization) {
      request.resume();
      response.writeHead(401, { 'www-authenticate': 'Basic realm="maven"' }).end();
      return;
    }
    const file = join(directory, normalize(decodeURIComponent(request.url ?? '/')));
    const answered =
      request.method === 'PUT' ? store(file, request, response) : serve(file, request, response);
    void answered.catch((thrown: unknown) => response.destroy(thrown instanceof Error ? thrown : undefined));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    username,
    password,
    directory,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function store(file: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await buffer(request));
  response.writeHead(201).end();
}

async function serve(
  file: string,
  { method, headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  const bytes = await readFile(file);
  const etag = `"${createHash('sha1').update(bytes).digest('hex')}"`;
  const head = { etag, 'last-modified': found.mtime.toUTCString(), 'content-length': bytes.length };
  if (headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
  else response.writeHead(200, head).end(method === 'HEAD' ? undefined : bytes);
}
