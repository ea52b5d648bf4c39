import { readFile } from 'node:fs/promises';
import { PluginError } from '@sluice/plugin-sdk';
import type { HttpConfig, RepositoryHttpConfig } from '../config/config.ts';
import type { HttpSettings } from './protocol.ts';
import { resolveText, type SettingsReader } from './settings-in-use.ts';

/**
 * The HTTP settings of a repository, with the text of their files as it is now, so that a certificate that was renewed is used
 * at the next question. Throws `CONFIG_INVALID`.
 */
export async function readHttpSettings(
  http: HttpConfig,
  repository: RepositoryHttpConfig,
  reader: SettingsReader,
): Promise<HttpSettings> {
  const [ca, clientCert, clientKey] = await Promise.all([http.ca, repository.clientCert, repository.clientKey].map(readText));
  if (clientKey !== undefined) reader.learnSecret(clientKey);
  const { noProxy, concurrencyPerHost } = http;
  const proxy = http.proxy === undefined ? undefined : resolveText('http.proxy', http.proxy, reader);
  return { proxy, noProxy, ca, clientCert, clientKey, trust: repository.trust, concurrencyPerHost };
}

async function readText(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new PluginError('CONFIG_INVALID', `${path} cannot be read: check the path and its permissions`, { cause });
  });
}
