import { PluginError } from '../errors.ts';
import type { Credentials } from '../http.ts';
import { Secret } from '../secret.ts';

/** Who may be told what: one `Authorization` header, and the origins that it goes to. */
export interface Authority {
  readonly origins: ReadonlySet<string>;
  readonly authorization: Secret;
}

/**
 * Makes the authority of credentials: for the origin of `url`, and those in `trust`. Throws `CONFIG_INVALID`
 * for credentials that no header can carry (RFC 6750, RFC 7617) and for what is no origin.
 */
export function makeAuthority(url: string, credentials: Credentials, trust: readonly string[]): Authority {
  return {
    origins: new Set([url, ...trust].map(readOrigin)),
    authorization: new Secret(writeAuthorization(credentials)),
  };
}

/** The `Authorization` header for an origin, if it may have it. */
export function authorize(authority: Authority | undefined, origin: string): string | undefined {
  return authority?.origins.has(origin) ? authority.authorization.reveal() : undefined;
}

/** The origin of a URL. Throws `CONFIG_INVALID` unless it is http or https. */
export function readOrigin(url: string): string {
  const parsed = URL.parse(url);
  if (parsed && (parsed.protocol === 'https:' || parsed.protocol === 'http:')) return parsed.origin;
  throw new PluginError(
    'CONFIG_INVALID',
    'credentials can only go to an http or https URL; correct the repository URL and http.trust',
  );
}

function writeAuthorization(credentials: Credentials): string {
  if ('bearer' in credentials) {
    const token = credentials.bearer.reveal();
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw new PluginError(
        'CONFIG_INVALID',
        'the token is empty or has characters that a token cannot have; set it again, without white space',
      );
    }
    return `Bearer ${token}`;
  }
  const { username } = credentials;
  const password = credentials.password.reveal();
  if (/[:\p{Cc}]/u.test(username) || /\p{Cc}/u.test(password)) {
    throw new PluginError(
      'CONFIG_INVALID',
      'the user name has a colon, or it or the password has control characters, which HTTP cannot carry; set other ones',
    );
  }
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
