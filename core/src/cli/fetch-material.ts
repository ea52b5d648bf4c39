import { createHash, getHashes, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { unescape as decodePercent } from 'node:querystring';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { type Http, Secret } from '@sluice/plugin-sdk';
import { nameMaterialVariables, toMaterialName } from '../config/environment-names.ts';

/** How to fetch. */
export interface FetchOptions {
  /** The file to write, or the directory to write into; default the current one. */
  readonly output?: string;
  /**
   * Fetch even where no digest is known, or none that this machine can verify; one that is known is verified
   * in any case.
   */
  readonly unverified?: boolean;
}

/** Where a job stands. */
export interface FetchSurroundings {
  /** The environment of the job (SURFACE section 5). */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly http: Http;
  /** The current directory. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** A digest that a file must have. */
interface Digest {
  readonly algorithm: string;
  readonly hex: string;
}

const hourMs = 3_600_000;

/**
 * Fetches the revision of a material that the run has pinned, and answers the absolute path of the file. The
 * file is there only if all of it came and its digest is right; one that was there before is replaced then,
 * and else not touched.
 *
 * The material is its `as:`, or `<repository>/<package>`. Credentials that the job lists go to the origin of
 * the repository's URL, and nowhere else. Throws an Error of one line, or a `PluginError` of `http`.
 */
export async function fetchMaterial(
  material: string,
  options: FetchOptions,
  surroundings: FetchSurroundings,
): Promise<string> {
  const { directory, environment, signal } = surroundings;
  const name = toMaterialName(material);
  const variables = nameMaterialVariables(name);
  const location = environment[variables.location];
  if (!location)
    throw new Error(
      `${variables.location} is not set: name a package material, and run sluice fetch inside a job`,
    );
  const digest = readDigest(environment[variables.digest]);
  if (!digest && !options.unverified) {
    throw new Error(
      `${variables.digest} holds no digest of ${location} that can be verified; add --unverified to fetch it all the same`,
    );
  }
  const target = chooseTarget(directory, options.output, location);
  const temporary = `${target}.${randomUUID()}.part`;
  try {
    const body = await openLocation(location, name, surroundings);
    await pipeline(
      body,
      (source: AsyncIterable<Buffer>) => verify(source, digest, location),
      createWriteStream(temporary, { flags: 'wx' }),
      { signal },
    );
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
  return target;
}

function readDigest(text: string | undefined): Digest | undefined {
  const [algorithm = '', hex = ''] = (text ?? '').toLowerCase().split(':');
  return getHashes().includes(algorithm) && /^[0-9a-f]+$/.test(hex) ? { algorithm, hex } : undefined;
}

/** Passes on what it reads, and throws at its end unless it had the digest. */
async function* verify(
  source: AsyncIterable<Buffer>,
  digest: Digest | undefined,
  location: string,
): AsyncGenerator<Buffer> {
  const hash = digest && createHash(digest.algorithm);
  for await (const chunk of source) {
    hash?.update(chunk);
    yield chunk;
  }
  const found = hash?.digest('hex');
  if (digest && found !== digest.hex) {
    throw new Error(
      `${location} has not the bytes that were published: ${digest.algorithm} is ${found}, expected ${digest.hex}; nothing was kept`,
    );
  }
}

function chooseTarget(directory: string, output: string | undefined, location: string): string {
  const path = resolve(directory, output ?? '.');
  const isDirectory = output?.endsWith('/') || statSync(path, { throwIfNoEntry: false })?.isDirectory();
  return isDirectory ? join(path, nameFile(location)) : path;
}

function nameFile(location: string): string {
  const name = decodePercent(posix.basename(new URL(location).pathname));
  if (/^(\.\.?)?$|[\p{Cc}/\\]/u.test(name))
    throw new Error(`${location} does not end in the name of a file; give one with --output`);
  return name;
}

async function openLocation(
  location: string,
  name: string,
  { environment, http, signal }: FetchSurroundings,
): Promise<Readable> {
  if (location.startsWith('file:')) return createReadStream(fileURLToPath(location), { signal });
  // A compression of the transport is not part of what was published.
  const headers = { 'accept-encoding': 'identity' };
  const { body } = await proveIdentity(http, name, environment).stream(location, {
    headers,
    decompress: false,
    timeoutMs: hourMs,
  });
  return body;
}

function proveIdentity(http: Http, name: string, environment: FetchSurroundings['environment']): Http {
  const settingOf = (field: string) =>
    environment[nameMaterialVariables(name).repositoryField(field)] || undefined;
  const [url, token, username, password] = [
    settingOf('url'),
    settingOf('token'),
    settingOf('username'),
    settingOf('password'),
  ];
  if (url === undefined) return http;
  if (token !== undefined) return http.withCredentials(url, { bearer: new Secret(token) });
  if (username !== undefined && password !== undefined)
    return http.withCredentials(url, { username, password: new Secret(password) });
  return http;
}
