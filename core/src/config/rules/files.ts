import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import type { Finding, Path } from '../problem.ts';
import { atValue, entriesOf, type Rule } from './rule.ts';

/** Files that the configuration names can be read, and a client certificate comes with its key. */
export const checkFiles: Rule = function* ({ config, directory }) {
  const readable = (path: Path, file: string | undefined) => checkReadable(path, file, directory);
  yield* readable(['http', 'ca'], config.http?.ca);
  for (const [name, { http }] of entriesOf(config.repositories)) {
    const at = ['repositories', name, 'http'];
    yield* readable([...at, 'clientCert'], http?.clientCert);
    yield* readable([...at, 'clientKey'], http?.clientKey);
    if ((http?.clientCert === undefined) !== (http?.clientKey === undefined)) {
      yield atValue(at, 'http: clientCert and clientKey are needed together');
    }
  }
};

/** A file can be read, where one is named. */
export function* checkReadable(path: Path, file: string | undefined, directory: string): Generator<Finding> {
  if (file === undefined) return;
  try {
    accessSync(resolve(directory, file), constants.R_OK);
  } catch {
    yield atValue(path, `"${file}" cannot be read, looked for in ${directory}`);
  }
}
