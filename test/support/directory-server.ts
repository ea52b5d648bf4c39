import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

/** A directory served on loopback. */
export interface DirectoryServer {
  /** With a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the files of a directory, without validators. */
export async function startDirectoryServer(directory: string): Promise<DirectoryServer> {
  const server = createServer(async ({ url = '' }, response) => {
    const bytes = await readFile(join(directory, url)).catch(() => undefined);
    response.writeHead(bytes ? 200 : 404).end(bytes);
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}
