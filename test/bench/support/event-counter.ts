import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** A receiver of events that costs next to nothing, in a process of its own. */
export interface EventCounter {
  readonly url: string;
  /**
   * Tells of the moment when so many more events have come: milliseconds since 1970, and the body of the
   * last.
   */
  expect(count: number): Promise<{ readonly at: number; readonly body: string }>;
  close(): void;
}

/** Starts a receiver that takes everything. */
export async function startEventCounter(): Promise<EventCounter> {
  const child = fork(import.meta.filename);
  const [url] = await once(child, 'message');
  return {
    url: String(url),
    async expect(count) {
      child.send(count);
      const [reached] = await once(child, 'message');
      return reached;
    },
    close: () => void child.kill(),
  };
}

function serve(): void {
  let left = Number.POSITIVE_INFINITY;
  const server = createServer({ keepAliveTimeout: 300_000 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(204).end();
      if (--left === 0)
        process.send?.({
          at: performance.timeOrigin + performance.now(),
          body: Buffer.concat(chunks).toString(),
        });
    });
  });
  process.on('message', (count: number) => {
    left = count;
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object')
      process.send?.(`http://127.0.0.1:${address.port}/events`);
  });
}

if (import.meta.main) serve();
