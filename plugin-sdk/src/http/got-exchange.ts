import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import got, { type Response } from 'got';
import { PluginError } from '../errors.ts';
import { type Ask, showUrl } from './ask.ts';
import { type Connections, connectTimeoutMs, maxHeaderBytes } from './connections.ts';
import { authorize } from './credentials.ts';
import type { Deadline } from './deadline.ts';
import type { Slot } from './host-slots.ts';
import { refuseMetadata } from './metadata-address.ts';

/** The head of an answer, with its body still coming, as sent. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The URL that answered. */
  readonly url: URL;
  readonly raw: Readable;
}

/** What an exchange needs beside the question. */
export interface ExchangeParts {
  readonly connections: Connections;
  readonly deadline: Deadline;
  readonly slot: Slot;
  /** Counts every hop. */
  readonly traffic: { requests: number };
}

const maxRedirects = 10;
const publicHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'content-length',
  'content-type',
  'if-modified-since',
  'if-none-match',
  'range',
  'user-agent',
]);

/**
 * Got for the exchange itself; what is done with the answer, and whether to ask again, is decided around it.
 */
const client = got.extend({
  throwHttpErrors: false,
  decompress: false,
  retry: { limit: 0 },
  maxRedirects,
  maxHeaderSize: maxHeaderBytes,
  timeout: { connect: connectTimeoutMs, secureConnect: connectTimeoutMs },
});

/**
 * Asks once with got, and follows redirects: at every hop the URL is checked, the credentials, the connection
 * and the slot are decided anew. Rejects with whatever went wrong.
 */
export function exchangeWithGot(
  ask: Ask,
  { connections, deadline, slot, traffic }: ExchangeParts,
): Promise<RawAnswer> {
  const { url, method, authority, accept } = ask;
  const authorization = authorize(authority, url.origin);
  const stream = client.stream(url, {
    method,
    headers: { ...ask.headers, ...(authorization !== undefined && { authorization }) },
    // Without one, got would wait for somebody to write it.
    ...(method === 'PUT' || method === 'POST' ? { body: ask.body ?? '' } : {}),
    agent: connections.agents(url),
    followRedirect: ({ statusCode }) => !accept.includes(statusCode),
    hooks: {
      beforeRedirect: [
        async (next, response) => {
          const hop = new URL(String(next.url));
          refuseHop(hop, response.url, ask);
          await slot.moveTo(hop.host);
          if (hop.origin !== url.origin) dropPrivateHeaders(next.headers);
          const allowed = authorize(authority, hop.origin);
          if (allowed === undefined) delete next.headers['authorization'];
          else next.headers['authorization'] = allowed;
          next.agent = connections.agents(hop);
          traffic.requests++;
          deadline.onEnd(destroy);
        },
      ],
    },
  });
  const destroy = (reason: Error) => stream.destroy(reason);
  traffic.requests++;
  return new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.once('response', (response: Response) => {
      resolve({
        status: response.statusCode,
        headers: response.headers,
        url: new URL(response.url),
        raw: stream,
      });
    });
    deadline.onEnd(destroy);
  });
}

/**
 * Keeps the headers that mean the same to anybody: what else a plugin sets may be meant for the server it
 * asked.
 */
function dropPrivateHeaders(headers: Record<string, unknown>): void {
  for (const name of Object.keys(headers)) if (!publicHeaders.has(name)) delete headers[name];
}

/**
 * Refuses to be redirected where nobody should be. Other protocols, and user info, got refuses or removes by
 * itself.
 */
function refuseHop(hop: URL, from: string, { authority, method, url }: Ask): void {
  refuseMetadata(hop.hostname);
  if (authority === undefined || hop.protocol === 'https:' || !from.startsWith('https:')) return;
  throw new PluginError(
    'MALFORMED',
    `${method} ${showUrl(url)} was redirected from https to http, where nothing protects the credentials; correct the server, or the repository URL`,
  );
}
