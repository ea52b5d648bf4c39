import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { makePackuments } from '../../support/packument.ts';

/**
 * An npm registry that costs next to nothing, in a process of its own: any package that is asked for is
 * there.
 */
export interface BenchRegistry {
  /** With a trailing slash. */
  readonly url: string;
  /** Publishes one more version of every package that was ever asked for. */
  advance(): Promise<void>;
  /** Publishes one more version of one package, as `npm publish` does: with a PUT. */
  publish(name: string): Promise<void>;
  close(): void;
}

/**
 * Starts a registry whose packages have so many versions to begin with, some 3 KB each in the full document.
 */
export async function startRegistry(versions: number): Promise<BenchRegistry> {
  const child = fork(import.meta.filename, [String(versions)]);
  const url = await hear(child);
  return {
    url,
    async advance() {
      child.send('advance');
      await hear(child);
    },
    async publish(name) {
      const { status } = await fetch(url + name, { method: 'PUT' });
      if (status !== 201) throw new Error(`the registry answered ${status} to a publication`);
    },
    close: () => void child.kill(),
  };
}

async function hear(child: ChildProcess): Promise<string> {
  const [message] = await once(child, 'message');
  return String(message);
}

interface Served {
  readonly etag: string;
  readonly body: Buffer;
}

/** Understands which document each package has now. */
class Shelf {
  readonly #versions: number;
  readonly #published = new Map<string, number>();
  readonly #served = new Map<string, Served>();
  readonly #templates = new Map<number, string>();

  constructor(versions: number) {
    this.#versions = versions;
  }

  find(name: string): Served {
    const known = this.#served.get(name);
    if (known) return known;
    const made = this.#make(name, this.#versions + (this.#published.get(name) ?? 0));
    this.#served.set(name, made);
    return made;
  }

  publish(name: string): void {
    this.#published.set(name, (this.#published.get(name) ?? 0) + 1);
    this.#served.delete(name);
    this.find(name);
  }

  advance(): void {
    for (const name of [...this.#served.keys()]) this.publish(name);
    this.#templates.clear();
  }

  #make(name: string, count: number): Served {
    const template = this.#templates.get(count) ?? makePackuments('@name@', count).full;
    this.#templates.set(count, template);
    return { etag: `"${count}"`, body: gzipSync(template.replaceAll('@name@', name), { level: 1 }) };
  }
}

function serve(versions: number): void {
  const shelf = new Shelf(versions);
  const server = createServer({ keepAliveTimeout: 300_000 }, ({ url = '', method, headers }, response) => {
    const name = url.slice(1);
    if (method === 'PUT') {
      shelf.publish(name);
      response.writeHead(201).end();
    } else answer(shelf.find(name), headers['if-none-match'], response);
  });
  process.on('message', () => {
    shelf.advance();
    process.send?.('advanced');
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') process.send?.(`http://127.0.0.1:${address.port}/`);
  });
}

function answer({ etag, body }: Served, known: string | undefined, response: ServerResponse): void {
  if (etag === known) response.writeHead(304, { etag }).end();
  else {
    const type = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    response.writeHead(200, { etag, ...type, 'content-length': body.length }).end(body);
  }
}

if (import.meta.main) serve(Number(process.argv[2]));
