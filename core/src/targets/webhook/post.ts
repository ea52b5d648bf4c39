import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { readRetryAfter } from '@sluice/plugin-sdk/http';
import got, { RequestError } from 'got';

/** A request to send once. */
export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** For the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** PEM texts, for a receiver that wants to know who calls. */
  readonly client?: { readonly certificate: string; readonly key: string } | undefined;
  readonly now: () => number;
}

/** What came of it: an answer, or none and why. */
export type Reply =
  | {
      readonly status: number;
      /** The beginning of the body: {@link shownBytes} at most. */
      readonly body: Buffer;
      /** How long the receiver asks to be left alone, in milliseconds. */
      readonly retryAfterMs: number | undefined;
    }
  | { readonly status: undefined; readonly reason: string };

/** How many bytes of an answer are read, and shown in the job's log. */
export const shownBytes = 4096;

/** Sends a request once, without following redirects. Does not throw for what happens on the way: that is a reply. */
export async function post({ url, headers, body, timeoutMs, signal, client, now }: Post): Promise<Reply> {
  const request = got.stream.post(url, {
    headers: { ...headers, 'user-agent': 'sluice' },
    body,
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    timeout: { request: timeoutMs },
    ...(client && { https: client }),
    signal,
  });
  try {
    const [response]: IncomingMessage[] = await once(request, 'response');
    const status = response?.statusCode ?? 0;
    const retryAfterMs = readRetryAfter(response?.headers['retry-after'], now());
    return { status, body: await readBeginning(request), retryAfterMs };
  } catch (error) {
    if (error instanceof RequestError) return { status: undefined, reason: error.message };
    throw error;
  } finally {
    request.destroy();
  }
}

async function readBeginning(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= shownBytes) break;
    }
  } catch {
    // The status is the answer. A body that breaks off takes nothing away from it.
  }
  return Buffer.concat(chunks).subarray(0, shownBytes);
}
