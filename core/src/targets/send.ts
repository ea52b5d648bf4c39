import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isPluginError } from '@sluice/plugin-sdk';
import { readRetryAfter, refuseBeyond } from '@sluice/plugin-sdk/http';
import got, { RequestError, TimeoutError } from 'got';
import type { Wires } from './wires.ts';

/** A request to send once. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: string | undefined;
  readonly wires: Wires;
  /** For the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** How many bytes of the answer are read. */
  readonly mostBytes: number;
  readonly signal?: AbortSignal;
  readonly now: () => number;
}

/** What came of it: an answer, or none and why. */
export type Reply = Answer | NoAnswer;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The beginning of the body. */
  readonly body: Buffer;
  /** How long the receiver asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

export interface NoAnswer {
  readonly status: undefined;
  readonly reason: string;
  /**
   * `unsent`: the receiver has seen nothing of it. `refused`: neither, and it never will. `unknown`: it may
   * have.
   */
  readonly fate: 'unsent' | 'refused' | 'unknown';
}

const connectTimeoutMs = 10_000;
/** Of Node and OpenSSL, for what fails before anything is sent. */
const unsent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|ERR_TLS_|ERR_SSL_|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO_)/;

/**
 * Sends a request once, without following redirects. Does not throw for what happens on the way: that is a
 * reply.
 */
export async function send(request: Request): Promise<Reply> {
  const { url, wires, mostBytes, now } = request;
  try {
    refuseBeyond(url.hostname, wires.reach);
  } catch (error) {
    if (isPluginError(error)) return { status: undefined, reason: error.message, fate: 'refused' };
    throw error;
  }
  const stream = openStream(request);
  // What fails after the answer takes nothing away from it.
  stream.on('error', () => {});
  try {
    const [response]: IncomingMessage[] = await once(stream, 'response');
    const { statusCode: status = 0, headers = {} } = response ?? {};
    const retryAfterMs = readRetryAfter(headers['retry-after'], now());
    return { status, headers, body: await readBeginning(stream, mostBytes), retryAfterMs };
  } catch (error) {
    if (error instanceof RequestError)
      return { status: undefined, reason: error.message, fate: findFate(error) };
    throw error;
  } finally {
    stream.destroy();
  }
}

function openStream({ method, url, headers, body, wires, timeoutMs, signal }: Request) {
  return got.stream(url, {
    method,
    headers: { ...headers, 'user-agent': 'sluice' },
    // Without one, got would wait for somebody to write it.
    ...(method === 'GET' ? {} : { body: body ?? '' }),
    agent: wires.connections.agents(url),
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    timeout: { request: timeoutMs, connect: connectTimeoutMs, secureConnect: connectTimeoutMs },
    ...(signal && { signal }),
  });
}

function findFate(error: RequestError): NoAnswer['fate'] {
  if (error.code === 'FORBIDDEN') return 'refused';
  if (error instanceof TimeoutError)
    return /^(lookup|connect|secureConnect)$/.test(error.event) ? 'unsent' : 'unknown';
  return unsent.test(error.code) ? 'unsent' : 'unknown';
}

async function readBeginning(body: AsyncIterable<Buffer>, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= mostBytes) break;
    }
  } catch {
    // The status is the answer. A body that breaks off takes nothing away from it.
  }
  return Buffer.concat(chunks).subarray(0, mostBytes);
}
