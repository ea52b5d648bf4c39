import { type Command, Option } from 'commander';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { explainConnectionFailure } from './connection-failure.ts';
import { addressExpected, isServerAddress, readServerAddress } from './server-address.ts';

/** A server's API, as the commands that talk to a server use it. */
export interface Client {
  /** Asks for a path below `/api/v1`; throws what the server says is wrong. */
  get(path: string): Promise<unknown>;
  /** The same; undefined for what there is not. */
  find(path: string): Promise<unknown>;
  post(path: string, body: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** The data of a stream of server-sent events, until the stream or the signal ends it. */
  follow(path: string): AsyncIterable<unknown>;
}

/** Which server, as the options of a command say. */
export interface ServerOptions {
  readonly server: string;
  readonly token?: string;
}

const defaultServer = 'http://127.0.0.1:8153';

/** Adds `--server` and `--token`, and the environment variables that stand for them, to a command. */
export function addServerOptions(
  command: Command,
  environment: Readonly<Record<string, string | undefined>>,
): Command {
  return command
    .option(
      '--server <url>',
      'the server (SLUICE_SERVER)',
      readServerAddress,
      environment['SLUICE_SERVER'] ?? defaultServer,
    )
    .addOption(createTokenOption(environment['SLUICE_TOKEN']));
}

/** The help must not show the token itself, which it does with every other default. */
function createTokenOption(token: string | undefined): Option {
  const option = new Option(
    '--token <token>',
    'an access token; everybody on this machine sees it there: set SLUICE_TOKEN instead',
  );
  return token === undefined ? option : option.default(token, 'SLUICE_TOKEN');
}

/** The server has nothing of that name. */
class NotThere extends Error {}

/** Makes a client. `signal` ends whatever it waits for. */
export function createClient({ server, token }: ServerOptions, signal: AbortSignal): Client {
  if (!isServerAddress(server))
    throw new Error(`SLUICE_SERVER is no address of a server: "${server}"; ${addressExpected}`);
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = { ...init.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(new URL(`/api/v1${path}`, server), {
      ...init,
      headers,
      signal,
      redirect: 'error',
    }).catch((cause) => {
      if (signal.aborted) throw signal.reason;
      throw new Error(explainConnectionFailure(server, cause), { cause });
    });
    if (answer.ok) return answer;
    const body: unknown = await answer.json().catch(() => undefined);
    if (answer.status === 401) throw new Error(explainUnauthorized(server, token !== undefined));
    const message = readMessage(body) ?? describeForeign(server, `${answer.status} to /api/v1${path}`);
    throw answer.status === 404 ? new NotThere(message) : new Error(message);
  };
  const ask = async (path: string, init: RequestInit): Promise<unknown> => {
    const text = await (await send(path, init)).text();
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new Error(describeForeign(server, 'something else than JSON'), { cause });
    }
  };
  return {
    get: (path) => ask(path, {}),
    find: (path) =>
      ask(path, {}).catch((error: unknown) => {
        if (error instanceof NotThere) return undefined;
        throw error;
      }),
    post: (path, body) =>
      ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    async *follow(path) {
      const { body } = await send(path, { headers: { accept: 'text/event-stream' } });
      if (body) yield* readStream(body, signal);
    },
  };
}

/** What answers may be a proxy, or another program. */
function describeForeign(server: string, what: string): string {
  return `${server} answered ${what}, which Sluice does not; is it the address of a Sluice server, or is a proxy in between?`;
}

function explainUnauthorized(server: string, isGiven: boolean): string {
  return isGiven
    ? `${server} does not take this token (SLUICE_TOKEN, --token), or does not any more; ask its admin for another`
    : `${server} wants an access token: set SLUICE_TOKEN to yours; its admin makes one with "sluice token new"`;
}

async function* readStream(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): AsyncIterable<unknown> {
  try {
    const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { data } of events) yield JSON.parse(data);
  } catch (cause) {
    if (!signal.aborted) throw new Error('the connection to the server broke off', { cause });
  }
}

function readMessage(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined;
  const { error } = body;
  if (typeof error !== 'object' || error === null || !('message' in error)) return undefined;
  return String(error.message);
}
