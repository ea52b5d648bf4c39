import { type Answer, type Reply, type Request, send } from '../send.ts';
import type { Wires } from '../wires.ts';
import { RemoteProblem } from './problem.ts';
import { textAt } from './shape.ts';

/** What asking a server needs. */
export interface RemoteHttpOptions {
  /** Where the server is; what follows is appended to its path. */
  readonly url: string;
  readonly wires: Wires;
  readonly now: () => number;
  /** Masks a token that a server minted from now on. */
  readonly learnSecret: (value: string) => void;
  /** For one request, in milliseconds. */
  readonly tryMs: number;
}

/** A question to a server. */
export interface Question {
  readonly method?: Request['method'];
  /** Appended to the server's path, each escaped. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  /** Statuses beside 2xx that are answers. */
  readonly accept?: readonly number[];
}

/** An answer to go on with. */
export interface RemoteAnswer {
  readonly status: number;
  readonly headers: Answer['headers'];
  /** The body as text, at most 8 MiB. */
  text(): string;
  /** The body parsed. Throws `RemoteProblem` where it is no JSON. */
  json(): unknown;
}

const mostBytes = 8 * 1024 * 1024;
const mostWords = 300;

/** Understands how to ask one server, and what its statuses mean for whoever asked. */
export class RemoteHttp {
  readonly #options: RemoteHttpOptions;

  constructor(options: RemoteHttpOptions) {
    this.#options = options;
  }

  now(): number {
    return this.#options.now();
  }

  learnSecret(value: string): void {
    this.#options.learnSecret(value);
  }

  /** The server's address with some more of a path. */
  address(...path: readonly string[]): URL {
    const { url } = this.#options;
    const base = URL.parse(url);
    if (base === null || !/^https?:$/.test(base.protocol))
      throw new RemoteProblem('refused', 'its url is no http or https address');
    if (path.some((segment) => /^\.{0,2}$/.test(segment)))
      throw new RemoteProblem('refused', 'a name in it is empty, "." or ".."');
    base.pathname = `${base.pathname.replace(/\/+$/, '')}/${path.map(encodeURIComponent).join('/')}`;
    base.search = '';
    return base;
  }

  /** Asks once. Throws {@link RemoteProblem}. */
  async ask(question: Question): Promise<RemoteAnswer> {
    const { wires, now, tryMs } = this.#options;
    const { method = 'GET', path, query = {}, accept = [] } = question;
    const url = this.address(...path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const { headers, body } = encode(question);
    const reply = await send({ method, url, headers, body, wires, timeoutMs: tryMs, mostBytes, now });
    // Azure DevOps answers 203 with a page to sign in where the token is wrong.
    const isAnswer =
      reply.status !== undefined && reply.status >= 200 && reply.status < 300 && reply.status !== 203;
    if (reply.status === undefined || !(isAnswer || accept.includes(reply.status))) {
      throw toProblem(`${method} ${url.origin}${url.pathname}`, reply, now());
    }
    const text = () => reply.body.toString('utf8');
    return {
      status: reply.status,
      headers: reply.headers,
      text,
      json: () => parse(`${method} ${url.origin}${url.pathname}`, text()),
    };
  }
}

function encode({ headers = {}, json, form }: Question): {
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
} {
  const accepting = { accept: 'application/json', ...headers };
  if (json !== undefined)
    return { headers: { 'content-type': 'application/json', ...accepting }, body: JSON.stringify(json) };
  if (form === undefined) return { headers: accepting, body: undefined };
  const type = 'application/x-www-form-urlencoded';
  return {
    headers: { 'content-type': type, ...accepting },
    body: new URLSearchParams({ ...form }).toString(),
  };
}

function toProblem(what: string, reply: Reply, now: number): RemoteProblem {
  if (reply.status === undefined) {
    const kind = reply.fate === 'unknown' ? 'broken' : reply.fate;
    return new RemoteProblem(kind, `${what} was not answered: ${reply.reason}`);
  }
  const { status } = reply;
  const message = `${what} was answered ${status}${quote(reply)}`;
  const limitedMs = readRateLimit(reply, now);
  if (limitedMs !== undefined) return new RemoteProblem('busy', message, limitedMs);
  if (status >= 500 || status === 408) return new RemoteProblem('broken', message, reply.retryAfterMs);
  if (status === 404 || status === 410) return new RemoteProblem('missing', message);
  if (status === 401 || status === 203) {
    return new RemoteProblem(
      'refused',
      `${message}: the server does not take the credentials; check the token and that it has not expired`,
    );
  }
  if (status === 403) {
    return new RemoteProblem(
      'refused',
      `${message}: the credentials do not allow this; docs/targets.md lists the permissions that are needed`,
    );
  }
  if (status < 400)
    return new RemoteProblem('refused', `${message}; redirects are not followed, correct the url`);
  return new RemoteProblem('refused', message);
}

/**
 * How long to leave the server alone, where it says that it is asked too often: 429, 425, or GitHub's 403.
 */
function readRateLimit({ status, headers, retryAfterMs }: Answer, now: number): number | undefined {
  if (status === 429 || status === 425) return retryAfterMs ?? 0;
  if (status !== 403) return undefined;
  if (retryAfterMs !== undefined) return retryAfterMs;
  if (headers['x-ratelimit-remaining'] !== '0') return undefined;
  return Math.min(Math.max(Number(headers['x-ratelimit-reset']) * 1000 - now || 0, 0), 3_600_000);
}

/** What the server says about it, on one line. */
function quote({ body }: Answer): string {
  const said = readMessage(body.toString('utf8'));
  const line = said?.replaceAll(/\s+/g, ' ').trim().slice(0, mostWords) ?? '';
  return line === '' ? '' : ` (${line})`;
}

function readMessage(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    const said = textAt(body, 'message') ?? textAt(body, 'error') ?? textAt(body, 'error_description');
    return said ?? JSON.stringify(body);
  } catch {
    // A page says nothing that is worth a line.
    return /^\s*</.test(text) ? undefined : text;
  }
}

function parse(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RemoteProblem(
      'garbled',
      `${what} was answered with what is no JSON; correct the url, or look for a page to sign in there`,
    );
  }
}
