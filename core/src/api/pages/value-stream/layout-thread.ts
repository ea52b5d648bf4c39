import { parentPort } from 'node:worker_threads';
import { layOutStream, type StreamShape } from './lay-out-stream.ts';

// A thread of its own: a large graph takes a second of it, in which the server goes on.
parentPort?.on('message', (shape: StreamShape) => parentPort?.postMessage(layOutStream(shape)));
