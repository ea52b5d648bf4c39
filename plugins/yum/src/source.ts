import { constants, createReadStream, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Http, isPluginError, PluginError, type Validators } from '@sluice/plugin-sdk';

/** A document that was read whole. */
export interface SmallDocument {
  readonly bytes: Uint8Array;
  readonly validators: Validators | undefined;
}

/** How to read, and until when. */
export interface Reading {
  readonly http: Http;
  readonly signal: AbortSignal;
}

const smallBytes = 4 * 1_048_576;

/** Whether a URL is a file's. */
export function isFile(url: string): boolean {
  return url.startsWith('file:');
}

/**
 * Reads a small document over HTTP or from a file; `unchanged` if it is the one that the validators name.
 * Throws `TOO_LARGE` above 4 MiB, else as {@link Http.request} does, `NOT_FOUND` and `FORBIDDEN` of files
 * too.
 */
export async function readSmall(
  url: string,
  { http, signal }: Reading,
  known?: Validators,
): Promise<SmallDocument | 'unchanged'> {
  if (isFile(url)) return { bytes: await readSmallFile(url, signal), validators: undefined };
  const answer = await http.request(url, { maxBytes: smallBytes, ...(known && { validators: known }) });
  if (answer.notModified) return 'unchanged';
  return { bytes: answer.bytes(), validators: trustedValidators(answer.validators, answer.headers['date']) };
}

/**
 * Opens a large document of at most `maxBytes`, as it was stored, over HTTP or from a file. Throws as {@link
 * readSmall} does.
 */
export async function openLarge(url: string, { http, signal }: Reading, maxBytes: number): Promise<Readable> {
  if (!isFile(url)) return (await http.stream(url, { decompress: false, maxBytes })).body;
  signal.throwIfAborted();
  const path = toPath(url);
  const found = await stat(path).catch((cause: unknown) => {
    throw explainFile(path, cause);
  });
  requireFile(path, found);
  return createReadStream(path, { signal, highWaterMark: 262_144 });
}

/**
 * The validators of an answer, unless the document was written so shortly before that it may have been
 * written again within the same second, without a new date and with an ETag made of it (RFC 9110, section
 * 8.8.2.2).
 */
function trustedValidators(validators: Validators, date: string | undefined): Validators | undefined {
  const { lastModified } = validators;
  if (lastModified === undefined) return validators;
  const age = Date.parse(date ?? '') - Date.parse(lastModified);
  return age >= settledMs ? validators : undefined;
}

const settledMs = 2000;

async function readSmallFile(url: string, signal: AbortSignal): Promise<Uint8Array> {
  signal.throwIfAborted();
  const path = toPath(url);
  try {
    // Else the opening of a pipe waits for a writer.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    requireFile(path, found);
    const { size } = found;
    if (size > smallBytes)
      throw new PluginError(
        'TOO_LARGE',
        `${path} has more than ${smallBytes} bytes; check the URL of the repository`,
      );
    return await file.readFile({ signal });
  } catch (thrown) {
    signal.throwIfAborted();
    throw explainFile(path, thrown);
  }
}

function requireFile(path: string, found: Stats): void {
  if (found.isFile()) return;
  throw new PluginError(
    'CONFIG_INVALID',
    `${path} is no ordinary file; check the address in the configuration`,
  );
}

function toPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new PluginError(
      'CONFIG_INVALID',
      'a file URL names another host or no path; write file:///directory',
      { cause },
    );
  }
}

function explainFile(path: string, thrown: unknown): unknown {
  if (isPluginError(thrown)) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new PluginError('NOT_FOUND', `${path} does not exist; check the URL of the repository`);
  if (code === 'EACCES' || code === 'EPERM')
    return new PluginError('FORBIDDEN', `${path} may not be read by this user; give it the right to`);
  if (typeof code === 'string')
    return new PluginError('UNREACHABLE', `${path} cannot be read: ${code}`, { cause: thrown });
  return thrown;
}
