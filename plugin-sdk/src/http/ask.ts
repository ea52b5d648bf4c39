import { PluginError } from '../errors.ts';
import type { RequestOptions, Validators } from '../http.ts';
import type { Authority } from './credentials.ts';
import { refuseMetadata } from './metadata-address.ts';

/** A request that was checked, with every default filled in. */
export interface Ask {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** All but `authorization`, which is decided at every hop. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** Those that make it conditional. */
  readonly validators: Validators | undefined;
  readonly accept: readonly number[];
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly decompress: boolean;
  readonly authority: Authority | undefined;
}

/** What an {@link Ask} takes where the options say nothing. */
export interface AskDefaults {
  readonly userAgent: string;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

const refusedHeaders: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization']);
/** What {@link openBody} can decode, the best first. */
const acceptEncoding = 'zstd, br, gzip';

/**
 * Checks a request. Throws `PLUGIN_FAILED` for what a plugin must not ask, `CONFIG_INVALID` for a URL with
 * user info, `FORBIDDEN` for a cloud's metadata service.
 */
export function prepareAsk(
  address: string,
  options: RequestOptions,
  authority: Authority | undefined,
  defaults: AskDefaults,
): Ask {
  const { method = 'GET', validators, decompress = true } = options;
  return {
    url: readUrl(address),
    method,
    headers: writeHeaders(options, validators, decompress, defaults.userAgent),
    body: options.body,
    validators: validators && (validators.etag || validators.lastModified) ? validators : undefined,
    accept: options.accept ?? [],
    maxBytes: options.maxBytes ?? defaults.maxBytes,
    timeoutMs: options.timeoutMs ?? defaults.timeoutMs,
    decompress,
    authority,
  };
}

/** A URL as it may be shown: without user info, query and fragment. */
export function showUrl({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

function refuseUrl(url: URL): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new PluginError(
      'PLUGIN_FAILED',
      `a URL with ${url.protocol} was to be asked over HTTP; use http or https`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new PluginError(
      'CONFIG_INVALID',
      `${showUrl(url)} has a user name or password in it; put them into the fields meant for them`,
    );
  }
  refuseMetadata(url.hostname);
}

function readUrl(address: string): URL {
  const url = URL.parse(address);
  // The address itself is not shown: what is no URL cannot be cleaned of what should not be read.
  if (url === null)
    throw new PluginError(
      'PLUGIN_FAILED',
      'something that is no absolute URL was to be asked; check the URLs of this repository',
    );
  refuseUrl(url);
  return url;
}

function writeHeaders(
  { headers }: RequestOptions,
  validators: Validators | undefined,
  decompress: boolean,
  userAgent: string,
): Record<string, string> {
  const written: Record<string, string> = { 'user-agent': userAgent };
  if (decompress) written['accept-encoding'] = acceptEncoding;
  if (validators?.etag) written['if-none-match'] = validators.etag;
  if (validators?.lastModified) written['if-modified-since'] = validators.lastModified;
  for (const given in headers) {
    const name = given.toLowerCase();
    const value = headers[given];
    if (refusedHeaders.has(name)) {
      throw new PluginError(
        'PLUGIN_FAILED',
        `the plugin set the header ${name} itself; credentials go through http.withCredentials`,
      );
    }
    if (value !== undefined) written[name] = value;
  }
  return written;
}
