import { readFile } from 'node:fs/promises';
import { PluginError, Secret } from '@sluice/plugin-sdk';
import { findNodes, findTexts, parseXml } from './xml.ts';

/** A name and a password, as settings.xml has them for a server. */
export interface ServerCredentials {
  readonly username: string;
  readonly password: Secret;
}

/** What a value of settings.xml may refer to. */
type Variables = Readonly<Record<string, string>>;

/**
 * Reads the credentials of a server from a settings.xml (https://maven.apache.org/settings.html#servers),
 * where a value may refer to `${env.NAME}`.
 *
 * Throws `CONFIG_INVALID` for a file that is missing or none, an entry that is missing or has no name and
 * password, an encrypted password, and a variable that is not set or does not reach plugins.
 */
export async function readServer(file: string, id: string, variables: Variables): Promise<ServerCredentials> {
  const servers = findNodes(parseSettings(await readSettings(file), file), 'servers', 'server');
  const server = servers.find((one) => findTexts(one, 'id').includes(id));
  if (server === undefined) throw invalid(file, `has no <server> with the id "${id}"`);
  const [username, password] = ['username', 'password'].map((name) => findTexts(server, name)[0]);
  if (username === undefined || password === undefined) {
    throw invalid(
      file,
      `has no <username> and <password> for the server "${id}"; for a token use the setting "token"`,
    );
  }
  const plain = resolve(password, variables, file);
  // As Maven recognises it, words around it included.
  if (/(^|[^\\])\{[^{}]*[^\\]\}/.test(plain)) {
    throw invalid(
      file,
      `has an encrypted password for the server "${id}", which only Maven can open; use the settings "username" and "password"`,
    );
  }
  return {
    username: resolve(username, variables, file),
    password: new Secret(plain.replace(/\\([{}])/g, '$1')),
  };
}

async function readSettings(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : 'unknown error';
    throw new PluginError(
      'CONFIG_INVALID',
      `${file} cannot be read (${code}); say with "settings" where settings.xml is`,
      {
        cause,
      },
    );
  }
}

function parseSettings(bytes: Buffer, file: string) {
  try {
    return parseXml(bytes, 'settings', file);
  } catch (cause) {
    throw new PluginError(
      'CONFIG_INVALID',
      cause instanceof Error ? cause.message : `${file} is no settings.xml`,
      { cause },
    );
  }
}

function resolve(text: string, variables: Variables, file: string): string {
  return text.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    const value = name.startsWith('env.') ? variables[name.slice('env.'.length)] : undefined;
    if (value !== undefined) return value;
    throw invalid(
      file,
      `refers to \${${name}}, which is not set or does not reach plugins; use an environment variable MAVEN_...`,
    );
  });
}

function invalid(file: string, what: string): PluginError {
  return new PluginError('CONFIG_INVALID', `${file} ${what}`);
}
