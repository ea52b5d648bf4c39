import { join, resolve } from 'node:path';
import {
  type Call,
  type Credentials,
  PluginError,
  readCredentials,
  type Surroundings,
} from '@sluice/plugin-sdk';
import { makeDiskFiles } from './disk-files.ts';
import type { Files } from './files.ts';
import { makeHttpFiles } from './http-files.ts';
import { readServer } from './maven-settings.ts';
import type { RepositorySettings } from './settings.ts';

/** The environment variables that a settings.xml may refer to, and those that tell where it is. */
export const environmentNames = [
  'HOME',
  'USERPROFILE',
  'MAVEN_*',
  'GITHUB_ACTOR',
  'GITHUB_TOKEN',
  'CI_JOB_TOKEN',
] as const;

/**
 * Lends out the repository's files for the length of a call. Throws `CONFIG_INVALID` for credentials that
 * cannot be had.
 */
export async function connect(
  settings: RepositorySettings,
  surroundings: Surroundings,
  call: Call,
): Promise<Files> {
  const base = settings.url.endsWith('/') ? settings.url : `${settings.url}/`;
  if (base.startsWith('file:')) return makeDiskFiles(base, call.signal);
  const credentials = await findCredentials(settings, surroundings, call);
  return makeHttpFiles(base, credentials ? call.http.withCredentials(base, credentials) : call.http);
}

async function findCredentials(
  repository: RepositorySettings,
  surroundings: Surroundings,
  call: Call,
): Promise<Credentials | undefined> {
  const { server, settings } = repository;
  if (server === undefined) return readCredentials(repository);
  const credentials = await readServer(
    findSettings(settings, surroundings),
    server,
    surroundings.environment,
  );
  call.secret(credentials.password.reveal());
  return credentials;
}

function findSettings(settings: string | undefined, { environment, directory }: Surroundings): string {
  if (settings !== undefined) return resolve(directory, settings);
  const home = environment['HOME'] ?? environment['USERPROFILE'];
  if (home !== undefined) return join(home, '.m2', 'settings.xml');
  throw new PluginError(
    'CONFIG_INVALID',
    'there is no HOME to look for .m2/settings.xml in; say with "settings" where it is',
  );
}
