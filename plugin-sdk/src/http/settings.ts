import type { Secret } from '../secret.ts';

/** Time as the client sees it; handed in, so that a test need not wait. */
export interface Clock {
  /** In milliseconds. */
  now(): number;
  /** Resolves after so many milliseconds; rejects when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** How one repository is asked. Every part has a default. */
export interface HttpSettings {
  /**
   * The repository's own origin. Where it is known, the client certificate goes there and to `trust`, else to
   * every server that asks for one.
   */
  readonly origin?: string | undefined;
  /** Origins beside the repository's own that its credentials may go to. */
  readonly trust?: readonly string[] | undefined;
  /**
   * URL of a proxy, http or https, with user info where it wants credentials. Everything is tunnelled
   * (CONNECT).
   */
  readonly proxy?: string | undefined;
  /** Who is asked without the proxy, as in `NO_PROXY`. */
  readonly noProxy?: readonly string[] | undefined;
  /** PEM text of certificate authorities beside those of Node. */
  readonly ca?: string | undefined;
  /** PEM text. */
  readonly clientCert?: string | undefined;
  /** PEM text. */
  readonly clientKey?: Secret | undefined;
  /** The most exchanges in flight with one host; default 16. */
  readonly concurrencyPerHost?: number | undefined;
  /** Whether private addresses may be connected to; default true. */
  readonly allowPrivate?: boolean | undefined;
  readonly userAgent?: string | undefined;
  readonly clock?: Clock | undefined;
  /** In [0, 1); spreads repeated requests. */
  readonly random?: (() => number) | undefined;
}
