import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** How a build is, in no vendor's words. */
export type State = 'queued' | 'running' | 'passed' | 'failed' | 'cancelled';

/** A build that a vendor's server has. */
export interface Build {
  readonly id: number;
  readonly key: string;
  readonly at: number;
  /** What the next looks show, one after the other; the last stays. */
  readonly script: State[];
  deleted: boolean;
  /** What went along beside the key. */
  readonly parameters: unknown;
}

/** A request as it arrived. */
export interface Call {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** How one vendor's API behaves, over the builds of a server. */
export type Vendor = (call: Call, builds: Builds) => Answer;

/** What goes wrong with a request: another answer, or the connection is cut before or after it was done. */
export type Fault = Answer | 'cut before' | 'cut after';

/** The builds that a server has. */
export interface Builds {
  readonly all: readonly Build[];
  readonly url: string;
  now(): number;
  start(key: string, parameters: unknown): Build;
  find(id: string | number): Build | undefined;
  /** How it is now; each time a look further in its script. */
  look(build: Build): State;
  cancel(build: Build): void;
}

/** A build server on loopback that behaves as a vendor's does, as far as its public documents say. */
export interface BuildServer extends Builds {
  readonly calls: readonly Call[];
  /** What builds that start from now on go through. */
  script: readonly State[];
  /** Decides what goes wrong with a request. */
  fault: (call: Call) => Fault | undefined;
  /** Is told of every request, before it is done and after. */
  onCall: (call: Call, done: boolean) => void;
  close(): void;
}

/** Starts one. */
export async function startBuildServer(vendor: Vendor, now: () => number): Promise<BuildServer> {
  const all: Build[] = [];
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const call: Call = {
      method: request.method ?? '',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: request.headers,
      body: await text(request),
    };
    calls.push(call);
    const fault = it.fault(call);
    it.onCall(call, false);
    if (fault === 'cut before') return void response.destroy();
    if (typeof fault === 'object') return send(response, fault);
    const answer = vendor(call, it);
    it.onCall(call, true);
    if (fault === 'cut after') response.destroy();
    else send(response, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const it: BuildServer = {
    all,
    calls,
    now,
    url: `http://127.0.0.1:${address.port}`,
    script: ['queued', 'running', 'passed'],
    fault: () => undefined,
    onCall: () => {},
    start(key, parameters) {
      const build = {
        id: all.length + 1,
        key,
        at: now(),
        script: [...it.script],
        deleted: false,
        parameters,
      };
      all.push(build);
      return build;
    },
    find: (id) => all.find((build) => String(build.id) === String(id) && !build.deleted),
    look: (build) => (build.script.length > 1 ? build.script.shift() : build.script[0]) ?? 'queued',
    cancel: (build) => void build.script.splice(0, build.script.length, 'running', 'cancelled'),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return it;
}

function send(response: ServerResponse, { status, headers = {}, body = '' }: Answer): void {
  const isText = typeof body === 'string';
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

export const notFound: Answer = { status: 404, body: { message: 'Not Found' } };
export const unauthorized: Answer = { status: 401, body: { message: 'Bad credentials' } };

/** The members of a body in JSON. */
export function parseBody(call: Call): Record<string, unknown> {
  return JSON.parse(call.body);
}
