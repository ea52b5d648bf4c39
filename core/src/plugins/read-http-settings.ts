import { PluginError } from '@sluice/plugin-sdk';
import type { HttpConfig, RepositoryHttpConfig } from '../config/config.ts';
import { readPemFile } from '../config/pem-file.ts';
import type { HttpSettings } from './protocol.ts';
import { resolveText, type SettingsReader } from './settings-in-use.ts';

/**
 * The HTTP settings of a repository, with the text of their files as it is now, so that a certificate that
 * was renewed is used at the next question. Throws `CONFIG_INVALID`.
 */
export function readHttpSettings(
  http: HttpConfig,
  repository: RepositoryHttpConfig,
  reader: SettingsReader,
): HttpSettings {
  const [ca, clientCert, clientKey] = [http.ca, repository.clientCert, repository.clientKey].map(readText);
  if (clientKey !== undefined) reader.learnSecret(clientKey);
  const { noProxy, concurrencyPerHost } = http;
  const proxy = http.proxy === undefined ? undefined : resolveText('http.proxy', http.proxy, reader);
  return { proxy, noProxy, ca, clientCert, clientKey, trust: repository.trust, concurrencyPerHost };
}

function readText(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readPemFile(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'is not there';
    throw new PluginError('CONFIG_INVALID', `${path} cannot be read: it ${why}`, { cause });
  }
}
