import type { Readable } from 'node:stream';
import type { Secret } from './secret.ts';

/** What proves who asks: an access token, or a name and a password (RFC 7617). */
export type Credentials =
  | { readonly bearer: Secret }
  | { readonly username: string; readonly password: Secret };

/**
 * What a server gave to recognise a document by (RFC 9110, section 8.8); belongs to one URL and one Accept
 * header.
 */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** How to ask. Every part has a default. */
export interface RequestOptions {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT';
  /**
   * Header names in lower case. `authorization`, `cookie` and `proxy-authorization` are refused: see {@link
   * Http.withCredentials}.
   */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Makes the request conditional; the answer may then be 304. */
  readonly validators?: Validators;
  /** Statuses beside 2xx (and 304 to a conditional request) that are answers, not errors. */
  readonly accept?: readonly number[];
  /** The most bytes of body to take, decompressed; default 64 MiB, for streams 4 GiB. */
  readonly maxBytes?: number;
  /** For the whole exchange, in milliseconds; default 60,000, for streams 600,000. */
  readonly timeoutMs?: number;
  /** False leaves a `Content-Encoding` as it was sent; default true. */
  readonly decompress?: boolean;
}

/** What every answer has. */
export interface ResponseHead {
  readonly status: number;
  /** The URL that answered, after redirects. */
  readonly url: string;
  /** Names in lower case; several of one name joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the server says that the document is the one the validators name. */
  readonly notModified: boolean;
  /** The validators of this answer, for the next request. */
  readonly validators: Validators;
}

/** An answer with its whole body. */
export interface HttpResponse extends ResponseHead {
  bytes(): Uint8Array;
  /** The body as UTF-8. */
  text(): string;
  /**
   * The body parsed as JSON. Throws `MALFORMED`, and says so in words when the body is an HTML page (a login
   * page).
   */
  json(): unknown;
}

/** An answer whose body is still coming. Destroy the body, or read it to its end. */
export interface StreamedResponse extends ResponseHead {
  readonly body: Readable;
}

/**
 * The HTTP client that core lends to a plugin. It obeys the call's signal, keeps connections alive, bounds
 * the requests in flight per host, honours `Retry-After`, repeats idempotent requests with back-off and
 * jitter, and limits size and time.
 *
 * Methods, and the bodies of streams, throw {@link PluginError}: `UNAUTHORIZED` (401), `FORBIDDEN` (403, and
 * addresses of a cloud's metadata service), `NOT_FOUND` (404, 410), `RATE_LIMITED` (429), `UNREACHABLE` (no
 * whole answer, 5xx), `TIMEOUT`, `TOO_LARGE`, `UNTRUSTED` (a certificate nobody vouches for), `MALFORMED`
 * (any other status that was not asked for, redirects that cannot be followed, a body that cannot be
 * decoded), `CONFIG_INVALID` (user info in a URL, credentials that HTTP cannot carry), `PLUGIN_FAILED` (what
 * must not be asked). `retryAfterMs` is what the server asked for, at most an hour. When the call is aborted
 * they throw the reason of its signal.
 */
export interface Http {
  request(url: string, options?: RequestOptions): Promise<HttpResponse>;
  stream(url: string, options?: RequestOptions): Promise<StreamedResponse>;
  /**
   * The same client, which proves itself to the origin of `url` and to those the operator trusts, and to
   * nobody else.
   */
  withCredentials(url: string, credentials: Credentials): Http;
}
