import { parentPort } from 'node:worker_threads';
import { type Direction, layOutStream, type StreamShape } from './lay-out-stream.ts';

interface Asked {
  readonly shape: StreamShape;
  readonly direction: Direction;
}

// A thread of its own: a large graph takes a second of it, in which the server goes on.
parentPort?.on('message', ({ shape, direction }: Asked) =>
  parentPort?.postMessage(layOutStream(shape, direction)),
);
