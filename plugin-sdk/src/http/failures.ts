import { isPluginError, PluginError, type PluginErrorCode, toPluginError } from '../errors.ts';
import { showUrl } from './ask.ts';

/** An answer that was not asked for. */
export interface RefusedAnswer {
  readonly method: string;
  /** The URL that answered. */
  readonly url: URL;
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  /** Whether there were credentials that this origin was not told. */
  readonly withheld: boolean;
}

/** The error for an answer whose status is neither 2xx nor one that was asked for. */
export function describeStatus({ method, url, status, retryAfterMs, withheld }: RefusedAnswer): PluginError {
  const { code, advice } = judgeStatus(status);
  const reason =
    withheld && (status === 401 || status === 403)
      ? 'the credentials were not sent there, since it is another origin than the repository; list it under http.trust if it may have them'
      : advice;
  const options = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new PluginError(code, `${method} ${showUrl(url)} answered ${status}: ${reason}`, options);
}

function judgeStatus(status: number): { readonly code: PluginErrorCode; readonly advice: string } {
  if (status >= 500)
    return { code: 'UNREACHABLE', advice: 'the server has a problem; it is asked again later' };
  switch (status) {
    case 401:
      return { code: 'UNAUTHORIZED', advice: 'set credentials for this repository, or renew them' };
    case 403:
      return { code: 'FORBIDDEN', advice: 'give the account behind the credentials the right to read this' };
    case 404:
    case 410:
      return { code: 'NOT_FOUND', advice: 'check the name, and that the URL is a repository of this kind' };
    case 429:
      return {
        code: 'RATE_LIMITED',
        advice: 'the server asks to be left alone for a while; poll less often if this stays',
      };
    default:
      return {
        code: 'MALFORMED',
        advice: 'that is no answer to this request; check that the URL is a repository of this kind',
      };
  }
}

/**
 * What a failed exchange means: the {@link PluginError} in the chain of causes if there is one, else one made
 * from the code of the innermost error. The errors of the HTTP libraries hold headers and URLs whole, and so
 * do not go along as the cause.
 */
export function describeFailure(thrown: unknown, method: string, url: URL): PluginError {
  const chain = [...unwind(thrown)];
  const known = chain.find(isPluginError);
  if (known) return known;
  const codes = chain.map(readCode).filter((code) => code !== undefined);
  for (const code of codes) {
    const failure = failures.find(({ pattern }) => pattern.test(code));
    if (failure)
      return new PluginError(failure.code, `${method} ${showUrl(url)}: ${failure.advice} (${code})`);
  }
  const innermost = chain.at(-1);
  if (innermost instanceof TypeError || innermost instanceof RangeError) return toPluginError(innermost);
  const name = readProxyStatus(innermost) ?? codes.at(-1) ?? innermost?.name ?? typeof thrown;
  return new PluginError(
    'UNREACHABLE',
    `${method} ${showUrl(url)}: no complete answer (${name}); check the URL, the network and the proxy`,
  );
}

const failures: readonly {
  readonly pattern: RegExp;
  readonly code: PluginErrorCode;
  readonly advice: string;
}[] = [
  {
    pattern:
      /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|INVALID_CA|HOSTNAME_MISMATCH|INVALID_PURPOSE|PATH_LENGTH_)/,
    code: 'UNTRUSTED',
    advice:
      "nobody that Sluice trusts vouches for the server's certificate; if it is yours, name its authority in http.ca",
  },
  {
    pattern: /HEADERS?_OVERFLOW$/,
    code: 'TOO_LARGE',
    advice:
      'the head of the answer is larger than Sluice takes; check that the URL is a repository of this kind',
  },
  {
    pattern: /^(Z_|ERR__|ERR_PADDING|ERR_BROTLI|ZSTD_)/,
    code: 'MALFORMED',
    advice: 'the body cannot be decompressed; check the server, and what stands between',
  },
  {
    pattern: /^(ERR_TOO_MANY_REDIRECTS|ERR_UNSUPPORTED_PROTOCOL|ERR_INVALID_URL)$/,
    code: 'MALFORMED',
    advice: 'the redirects lead nowhere; check the URL',
  },
  {
    pattern: /^(ERR_INVALID_CHAR|ERR_INVALID_HTTP_TOKEN|ERR_UNESCAPED_CHARACTERS|UND_ERR_INVALID_ARG)$/,
    code: 'PLUGIN_FAILED',
    advice: 'the plugin asked in a way that HTTP does not know; report it to its author',
  },
];

function* unwind(thrown: unknown): Generator<Error> {
  // Bounded: a chain of causes may be a ring.
  for (let depth = 0; depth < 8 && thrown instanceof Error; depth++) {
    yield thrown;
    thrown = thrown.cause;
  }
}

/** Hpagent says what the proxy answered in its message only. */
function readProxyStatus(error: Error | undefined): string | undefined {
  const status = /^Bad response: (\d{3})$/.exec(error?.message ?? '')?.[1];
  return status && `the proxy answered ${status}`;
}

function readCode(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
