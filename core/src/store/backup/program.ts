import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What programs of PostgreSQL are run with. */
export interface ProgramSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const mostBytes = 4 * 1024 * 1024;

/**
 * Runs a program of PostgreSQL to its end, on the database at an address, and answers what it printed. The
 * password is not among the arguments, which every user of the machine can read. Throws in words where the
 * program is missing, and what it says when it fails.
 */
export async function runProgram(
  program: 'pg_dump' | 'pg_restore',
  args: readonly string[],
  { environment, signal }: ProgramSurroundings,
  url?: string,
): Promise<string> {
  const { address, password } = url === undefined ? {} : takePassword(url);
  const child = spawn(program, [...args, ...(address === undefined ? [] : [`--dbname=${address}`])], {
    env: { ...environment, ...(password !== undefined && { PGPASSWORD: password }) },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const [printed, said] = [collect(child.stdout), collect(child.stderr)];
  const [code] = await once(child, 'close').catch((error: unknown) => {
    throw signal.aborted ? signal.reason : explainMissing(program, error);
  });
  if (code !== 0) throw new Error(said().trim() || `${program} ended with ${code}`);
  return printed();
}

/** `uselibpqcompat` is a word of the driver alone. */
function takePassword(url: string): { readonly address: string; readonly password: string | undefined } {
  const parsed = new URL(url);
  const password = parsed.password === '' ? undefined : decodeURIComponent(parsed.password);
  parsed.password = '';
  parsed.searchParams.delete('uselibpqcompat');
  return { address: parsed.href, password };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < mostBytes) text += chunk;
  });
  return () => text;
}

function explainMissing(program: string, cause: unknown): Error {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  if (!isMissing) return new Error(`${program} could not be started`, { cause });
  const how =
    "install PostgreSQL's client programs, as new as the server or newer (Debian: apt-get install postgresql-client)";
  return new Error(
    `there is no ${program} on this machine's PATH: ${how}, or do it on a machine that has them`,
    { cause },
  );
}
