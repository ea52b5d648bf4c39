import { Socket } from 'node:net';
import { Lines } from '../lines.ts';
import type { FromPlugin, ToPlugin } from '../protocol.ts';
import { Conversation } from './conversation.ts';
import { describePlugin, loadPlugin } from './load.ts';
import { lendSdk } from './sdk.ts';
import { Talk } from './talk.ts';
import { tellThrown } from './thrown.ts';

/**
 * The process of one plugin. Arguments: those of {@link loadPlugin}; file descriptor 3 is the channel to the
 * server.
 */
const [specifier = '', base = '', source = ''] = process.argv.slice(2);
const socket = new Socket({ fd: 3 });
/** Short enough for nobody to notice, long enough for a hundred answers. */
const answersApartMs = 20;
let conversation: Conversation | undefined;

const lines = new Lines(
  socket,
  {
    receive: (message) => receive(message as ToPlugin),
    garbled: (reason) => die(new Error(`the server sent ${reason}`)),
  },
  answersApartMs,
);
const talk = new Talk(lines);

// The server says when to end, and nobody else: signals to the whole group are for the server.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
// The server is gone.
socket.on('close', () => process.exit());
socket.on('error', () => process.exit());
process.on('uncaughtException', die);

// Node has read what it had to know of the machine; it is not the plugin's.
for (const name of Object.keys(process.env)) delete process.env[name];
lendSdk();
const plugin = await loadPlugin({ specifier, base, source }).catch((thrown: Error) => {
  lines.send({ type: 'unfit', reason: thrown.message } satisfies FromPlugin);
});
if (plugin) lines.send({ type: 'manifest', manifest: describePlugin(plugin) } satisfies FromPlugin);

function receive(message: ToPlugin): void {
  if (message.type !== 'surroundings') conversation?.receive(message);
  else if (plugin) conversation = new Conversation(plugin, message, lines, talk);
}

/** An error that nobody caught: nothing in this process can be relied on any more. */
function die(thrown: unknown): void {
  if (thrown instanceof Error) talk.log('warn', String(thrown.stack));
  const dying: FromPlugin = { type: 'dying', reason: tellThrown(thrown) };
  socket.write(`${JSON.stringify(dying)}\n`, () => process.exit(1));
}
