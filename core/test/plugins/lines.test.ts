import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { Lines } from '../../src/plugins/lines.ts';
import { crossing } from '../../src/plugins/protocol.ts';

function listen(): {
  readonly socket: PassThrough;
  readonly received: unknown[];
  readonly garbled: string[];
} {
  const socket = new PassThrough();
  const received: unknown[] = [];
  const garbled: string[] = [];
  new Lines(socket, {
    receive: (message) => received.push(message),
    garbled: (reason) => garbled.push(reason),
  });
  return { socket, received, garbled };
}

it('reads messages however the stream is cut, through the middle of a character too', async () => {
  const { socket, received } = listen();
  const bytes = Buffer.from('{"a":"päckage €"}\n{"b":2}\n');
  for (const byte of bytes) socket.write(Buffer.of(byte));
  socket.end();
  await once(socket, 'end');
  expect(received).toEqual([{ a: 'päckage €' }, { b: 2 }]);
});

it('writes what was batched before what is sent at once', async () => {
  const socket = new PassThrough();
  const received: unknown[] = [];
  const lines = new Lines(socket, { receive: (message) => received.push(message), garbled: () => {} });
  lines.sendText('1');
  lines.sendText('2');
  lines.send({ at: 'once' });
  lines.sendText('3');
  await expect.poll(() => received).toEqual([1, 2, { at: 'once' }, 3]);
});

it('says so when a line is no JSON, and when it grows beyond what a line may be', async () => {
  const { socket, garbled } = listen();
  socket.write('{"a":\n');
  expect(garbled).toEqual(['a line that is no JSON']);
  const endless = listen();
  for (let written = 0; written <= 3 * crossing.line; written += crossing.piece)
    endless.socket.write('x'.repeat(crossing.piece));
  await expect.poll(() => endless.garbled).toContain('a line that is too long');
});
