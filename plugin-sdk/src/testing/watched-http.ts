import type { Credentials, Http, RequestOptions } from '../http.ts';

/** What is watched of the HTTP client lent to a plugin. */
export interface HttpWatch {
  /** A header that only the lent client sends, so that requests made without it are found. */
  readonly marker: string;
  /**
   * What every exchange may take, where the plugin's own limit would be too long for a test; in milliseconds.
   */
  readonly timeoutMs: number | undefined;
  /** Told of every URL that the plugin asks. */
  onUrl(url: string): void;
  /** Told of the headers that the plugin sets. */
  onHeaders(headers: Readonly<Record<string, string>>): void;
  /** Told of what it proves itself with. */
  onCredentials(credentials: Credentials): void;
}

/** The name of the header that carries {@link HttpWatch.marker}. */
export const markerHeader = 'x-sluice-lent-http';

/** The same client, watched. */
export function watchHttp(http: Http, watch: HttpWatch): Http {
  const mark = (url: string, options: RequestOptions = {}): RequestOptions => {
    watch.onUrl(url);
    watch.onHeaders(options.headers ?? {});
    const headers = { ...options.headers, [markerHeader]: watch.marker };
    return { ...options, headers, ...(watch.timeoutMs !== undefined && { timeoutMs: watch.timeoutMs }) };
  };
  return {
    request: (url, options) => http.request(url, mark(url, options)),
    stream: (url, options) => http.stream(url, mark(url, options)),
    withCredentials(url, credentials) {
      watch.onUrl(url);
      watch.onCredentials(credentials);
      return watchHttp(http.withCredentials(url, credentials), watch);
    },
  };
}
