import type { Command } from 'commander';

/** A server's API, as the commands that talk to a server use it. */
export interface Client {
  /** Asks for a path below `/api/v1`; throws what the server says is wrong. */
  get(path: string): Promise<unknown>;
  post(path: string, body: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** Which server, as the options of a command say. */
export interface ServerOptions {
  readonly server: string;
  readonly token?: string;
}

const defaultServer = 'http://127.0.0.1:8153';

/** Adds `--server` and `--token`, and the environment variables that stand for them, to a command. */
export function addServerOptions(command: Command, environment: Readonly<Record<string, string | undefined>>): Command {
  return command
    .option('--server <url>', 'the server (SLUICE_SERVER)', environment['SLUICE_SERVER'] ?? defaultServer)
    .option('--token <token>', 'an access token (SLUICE_TOKEN)', environment['SLUICE_TOKEN']);
}

/** Makes a client. `signal` ends whatever it waits for. */
export function createClient({ server, token }: ServerOptions, signal: AbortSignal): Client {
  const ask = async (path: string, init: RequestInit): Promise<unknown> => {
    const headers = { ...init.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(new URL(`/api/v1${path}`, server), { ...init, headers, signal, redirect: 'error' }).catch(
      (cause) => {
        if (signal.aborted) throw signal.reason;
        throw new Error(`no server answers at ${server}; start one with "sluice serve", or name yours with --server`, { cause });
      },
    );
    const body: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok) throw new Error(readMessage(body) ?? `${server} answered ${answer.status} to ${path}`);
    return body;
  };
  return {
    get: (path) => ask(path, {}),
    post: (path, body) =>
      ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  };
}

function readMessage(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined;
  const { error } = body;
  if (typeof error !== 'object' || error === null || !('message' in error)) return undefined;
  return String(error.message);
}
