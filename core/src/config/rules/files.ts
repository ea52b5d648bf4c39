import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { maxPemBytes } from '../pem-file.ts';
import type { Finding, Path } from '../problem.ts';
import { requireRegularFile, UnreadableFile } from '../regular-file.ts';
import { atValue, entriesOf, itemsOf, type Rule } from './rule.ts';

/** Files that the configuration names can be read, and a client certificate comes with its key. */
export const checkFiles: Rule = function* ({ config, directory }) {
  yield* checkReadable(['http', 'ca'], config.http?.ca, directory);
  for (const [name, { http }] of entriesOf(config.repositories)) {
    yield* checkCertificate(['repositories', name, 'http'], http, directory);
  }
  for (const [index, { http }] of itemsOf(config.events))
    yield* checkCertificate(['events', index, 'http'], http, directory);
};

interface ClientCertificate {
  readonly clientCert?: string | undefined;
  readonly clientKey?: string | undefined;
}

function* checkCertificate(
  at: Path,
  { clientCert, clientKey }: ClientCertificate = {},
  directory: string,
): Generator<Finding> {
  yield* checkReadable([...at, 'clientCert'], clientCert, directory);
  yield* checkReadable([...at, 'clientKey'], clientKey, directory);
  if ((clientCert === undefined) !== (clientKey === undefined)) {
    yield atValue(at, 'http: clientCert and clientKey are needed together');
  }
}

/** A file can be read, where one is named. */
export function* checkReadable(path: Path, file: string | undefined, directory: string): Generator<Finding> {
  if (file === undefined) return;
  try {
    requireRegularFile(resolve(directory, file), maxPemBytes);
    accessSync(resolve(directory, file), constants.R_OK);
  } catch (thrown) {
    const why = thrown instanceof UnreadableFile ? thrown.message : 'may not be read by this user';
    yield atValue(path, `"${file}" cannot be read, looked for in ${directory}: it ${why}`);
  }
}
