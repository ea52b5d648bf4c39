import { type Credentials, PluginError, Secret } from '@sluice/plugin-sdk';

/**
 * The credentials that npm's configuration has for a registry, under the key `//host/path/` or that of a
 * folder above it, as npm itself looks them up
 * (https://docs.npmjs.com/cli/configuring-npm/npmrc#auth-related-configuration). Client certificates are not
 * among them: those belong in the repository's `http:` section.
 *
 * Throws `CONFIG_INVALID` for one that refers to an environment variable that is not set, or is not passed to
 * this plugin.
 */
export function findCredentials(
  url: string,
  read: (key: string) => string | undefined,
): Credentials | undefined {
  const { host, pathname } = new URL(url);
  // Each step up removes either a name or the slash before it: npm takes both //host/path/:_auth and
  // //host/path:_auth.
  for (let place = `//${host}${pathname}`; place.length > 2; place = place.replace(/([^/]+|\/)$/, '')) {
    const credentials = readCredentials(place, (key) => readResolved(`${place}:${key}`, read));
    if (credentials) return credentials;
  }
  return undefined;
}

function readCredentials(place: string, read: (key: string) => string | undefined): Credentials | undefined {
  const token = read('_authToken');
  if (token !== undefined) return { bearer: new Secret(token) };
  const [username, password] = [read('username'), read('_password')];
  if (username !== undefined && password !== undefined)
    return { username, password: new Secret(decode(password)) };
  const pair = read('_auth');
  if (pair === undefined) return undefined;
  const [name, ...rest] = decode(pair).split(':');
  if (!name || rest.length === 0) throw invalid(`${place}:_auth`, 'is not the base64 of name:password');
  return { username: name, password: new Secret(rest.join(':')) };
}

function readResolved(key: string, read: (key: string) => string | undefined): string | undefined {
  const value = read(key);
  const variable = value && /\$\{([^}]+)\}/.exec(value)?.[1];
  if (!variable) return value;
  throw invalid(
    key,
    `refers to the environment variable ${variable}, which is not set or does not reach plugins; call it NPM_TOKEN`,
  );
}

function invalid(key: string, what: string): PluginError {
  return new PluginError('CONFIG_INVALID', `${key} in the machine's npm configuration ${what}`);
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
