import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isPluginError, PluginError } from '@sluice/plugin-sdk';
import { type Reading, readSmall } from './source.ts';

/** The URL of a key that is given as a URL or as a path, from `directory`. */
export function locateKey(gpgKey: string, directory: string): string {
  return /^(https?|file):\/\//.test(gpgKey) ? gpgKey : pathToFileURL(resolve(directory, gpgKey)).href;
}

/**
 * Verifies that a repomd.xml carries a good detached signature (`repomd.xml.asc`, RFC 9580) of one of the
 * keys. Throws `UNTRUSTED` where it is missing or bad, and what keeps the key from being read.
 */
export async function verifySignature(
  repomd: { readonly url: string; readonly bytes: Uint8Array },
  keyUrl: string,
  reading: Reading,
): Promise<void> {
  const keyBytes = await readWhole(keyUrl, reading);
  const signatureBytes = await readWhole(`${repomd.url}.asc`, reading).catch((thrown: unknown) => {
    if (isPluginError(thrown) && thrown.code === 'NOT_FOUND')
      throw untrusted('repomd.xml has no signature (repomd.xml.asc); have it signed, or remove "gpgKey"');
    throw thrown;
  });
  // It takes 50 ms to load, and few repositories need it.
  const openpgp = await import('openpgp');
  const verificationKeys = await readEither(
    keyBytes,
    (armoredKeys) => openpgp.readKeys({ armoredKeys }),
    (binaryKeys) => openpgp.readKeys({ binaryKeys }),
  ).catch((cause: unknown) => {
    throw new PluginError(
      'CONFIG_INVALID',
      'what "gpgKey" names is no OpenPGP public key; check the file or URL',
      { cause },
    );
  });
  const signature = await readEither(
    signatureBytes,
    (armoredSignature) => openpgp.readSignature({ armoredSignature }),
    (binarySignature) => openpgp.readSignature({ binarySignature }),
  ).catch((cause: unknown) => {
    throw untrusted('repomd.xml.asc is no OpenPGP signature; have repomd.xml signed again', cause);
  });
  const message = await openpgp.createMessage({ binary: repomd.bytes });
  const { signatures } = await openpgp.verify({ message, signature, verificationKeys });
  await Promise.any(signatures.map(({ verified }) => verified)).catch((cause: unknown) => {
    throw untrusted(
      'repomd.xml is not signed by a key of "gpgKey"; find out who changed it before anything is taken from it',
      cause,
    );
  });
}

async function readWhole(url: string, reading: Reading): Promise<Uint8Array> {
  const answer = await readSmall(url, reading);
  if (answer === 'unchanged')
    throw new PluginError(
      'MALFORMED',
      `${url} answered 304 to a request without conditions; check the server`,
    );
  return answer.bytes;
}

function readEither<T>(
  bytes: Uint8Array,
  armored: (text: string) => Promise<T>,
  binary: (bytes: Uint8Array) => Promise<T>,
): Promise<T> {
  const text = Buffer.from(bytes).toString('latin1');
  return text.includes('-----BEGIN PGP') ? armored(text) : binary(bytes);
}

function untrusted(message: string, cause?: unknown): PluginError {
  return new PluginError('UNTRUSTED', message, { cause });
}
