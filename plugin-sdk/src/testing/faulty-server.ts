import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';

/**
 * What the server does with one request. Every part has a default; an empty one is `200` with an empty body.
 */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** Nothing is sent before this settles. */
  readonly hold?: Promise<unknown>;
  /** Head and the first half of the body are sent, the rest when this settles. */
  readonly holdBody?: Promise<unknown>;
  /** The connection is cut after so many bytes of body; the head promises all of them. */
  readonly cutAfter?: number;
  /** No answer, ever. */
  readonly silent?: boolean;
}

/** An answer, or how to make it from the request. */
export type Script = ScriptedAnswer | ((request: RecordedRequest) => ScriptedAnswer);

/** A request as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Which connection it came over, from 1. */
  readonly connection: number;
  /** The common name of the client certificate, where one was presented. */
  readonly certificate: string | undefined;
}

/** A running server. */
export interface FaultyServer {
  /** `http://127.0.0.1:PORT` or `https://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly requests: readonly RecordedRequest[];
  /** The most requests that were ever being answered at the same time. */
  readonly peak: number;
  /** How many requests are being answered now. */
  readonly inFlight: number;
  /**
   * Answers requests for a path (its query included or left out) in the order given; the last answer is given
   * again and again.
   */
  answer(path: string, ...scripts: readonly [Script, ...Script[]]): void;
  /** Resolves when so many requests have arrived. */
  received(count: number): Promise<void>;
  /** Resolves when no request is being answered any more, cut connections included. */
  idle(): Promise<void>;
  /** Cuts every connection and stops. */
  close(): Promise<void>;
}

/** How a {@link FaultyServer} is. */
export interface FaultyServerOptions {
  /** Key and certificate of an https server. */
  readonly tls?: ServerOptions;
  /** Where to listen, for one that comes back where it was; default any free port. */
  readonly port?: number;
  /** The answer to what it was not told about; default 404. */
  readonly otherwise?: Script;
}

/** Starts a server on loopback that answers as it is told, faults included. */
export async function startFaultyServer(options: FaultyServerOptions = {}): Promise<FaultyServer> {
  const scripts = new Map<string, readonly Script[]>();
  const requests: RecordedRequest[] = [];
  const connections = new Map<Socket, number>();
  const watchers = new Set<() => void>();
  let inFlight = 0;
  let peak = 0;
  let seen = 0;

  const announce = () => {
    for (const look of [...watchers]) look();
  };
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
    });

  const handle = async (message: IncomingMessage, response: ServerResponse) => {
    inFlight++;
    peak = Math.max(peak, inFlight);
    response.once('close', () => {
      inFlight--;
      announce();
    });
    message.on('error', () => {});
    response.on('error', () => {});
    const body = await buffer(message).catch(() => undefined);
    if (body === undefined) return;
    const request = {
      method: message.method ?? '',
      path: message.url ?? '',
      headers: message.headers,
      body: body.toString(),
      connection: connections.get(message.socket) ?? 0,
      certificate: readCertificate(message.socket),
    };
    requests.push(request);
    const script = takeScript(scripts, request.path) ?? options.otherwise ?? { status: 404 };
    announce();
    await send(response, typeof script === 'function' ? script(request) : script);
  };

  const listener = (message: IncomingMessage, response: ServerResponse) => void handle(message, response);
  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    connections.set(socket, ++seen);
    socket.once('close', () => connections.delete(socket));
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');

  return {
    origin: `${options.tls ? 'https' : 'http'}://127.0.0.1:${address.port}`,
    requests,
    get peak() {
      return peak;
    },
    get inFlight() {
      return inFlight;
    },
    answer(path, ...given) {
      scripts.set(path, given);
    },
    received: (count) => until(() => requests.length >= count),
    idle: () => until(() => inFlight === 0),
    async close() {
      server.close();
      server.closeAllConnections();
      for (const socket of connections.keys()) socket.destroy();
      if (server.listening) await once(server, 'close');
    },
  };
}

function readCertificate(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const names = socket.getPeerCertificate().subject?.CN;
  return typeof names === 'string' ? names : names?.[0];
}

function takeScript(scripts: Map<string, readonly Script[]>, path: string): Script | undefined {
  const key = scripts.has(path) ? path : (path.split('?', 1)[0] ?? path);
  const [script, ...rest] = scripts.get(key) ?? [];
  if (rest.length > 0) scripts.set(key, rest);
  return script;
}

async function send(response: ServerResponse, answer: ScriptedAnswer): Promise<void> {
  if (answer.silent) return;
  await answer.hold;
  if (response.destroyed) return;
  const body = Buffer.from(answer.body ?? '');
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers ?? {}))
    for (const one of [value].flat()) headers.append(name, one);
  if (!headers.has('transfer-encoding') && !headers.has('content-length'))
    headers.set('content-length', String(body.length));
  response.writeHead(answer.status ?? 200, [...headers].flat());
  if (answer.cutAfter !== undefined) {
    response.flushHeaders();
    response.write(body.subarray(0, answer.cutAfter), () => response.socket?.destroy());
    return;
  }
  if (answer.holdBody) {
    response.flushHeaders();
    response.write(body.subarray(0, body.length >> 1));
    await answer.holdBody;
    response.end(body.subarray(body.length >> 1));
    return;
  }
  response.end(body);
}
