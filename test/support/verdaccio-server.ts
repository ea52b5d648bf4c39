/**
 * The child process of `startVerdaccio`: serves the configuration file it is given on a free port, and tells
 * the parent the URL.
 */
import type { Server } from 'node:http';
import { runServer } from 'verdaccio';

const server: Server = await runServer(process.argv[2]);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error(`listening on ${address} instead of a port`);
  process.send?.(`http://127.0.0.1:${address.port}/`);
});
process.once('disconnect', () => process.exit());
