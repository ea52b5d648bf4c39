/** Every code a plugin's failure can carry, with what it means to the person who reads it. */
export const pluginErrorCodes = {
  UNAUTHORIZED: 'the repository wants credentials, or other ones (HTTP 401)',
  FORBIDDEN: 'the credentials are known and may not read this (HTTP 403)',
  NOT_FOUND: 'the repository does not have it (HTTP 404, 410)',
  RATE_LIMITED: 'the repository asks to be left alone for a while (HTTP 429)',
  UNREACHABLE: 'no answer, a broken connection, or a server error (HTTP 5xx)',
  TIMEOUT: 'no complete answer within the time allowed',
  MALFORMED: 'an answer that is not what the ecosystem specifies',
  UNTRUSTED: 'a signature or checksum that is missing or wrong',
  TOO_LARGE: 'an answer beyond the size allowed',
  CONFIG_INVALID: 'a setting that cannot work',
  PLUGIN_FAILED: 'the plugin itself failed or broke the contract',
} as const satisfies Record<string, string>;

/** The code of a {@link PluginError}. */
export type PluginErrorCode = keyof typeof pluginErrorCodes;

/** What a {@link PluginError} may carry beside its message. */
export interface PluginErrorOptions {
  readonly cause?: unknown;
  /** How long the repository asked not to be asked again, in milliseconds. */
  readonly retryAfterMs?: number;
}

const brand = Symbol.for('sluice.plugin-error');

/**
 * A failure that an operator can act on: a code from {@link pluginErrorCodes} and one sentence that says what
 * to do.
 *
 * Recognised by a `Symbol.for` brand, so that an error raised by another copy of this package is one too.
 */
export class PluginError extends Error {
  override readonly name = 'PluginError';
  readonly code: PluginErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: PluginErrorCode, message: string, options: PluginErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }

  get [brand](): true {
    return true;
  }
}

/** Whether a value is a {@link PluginError}, of this copy of the package or another. */
export function isPluginError(value: unknown): value is PluginError {
  return typeof value === 'object' && value !== null && brand in value;
}

/**
 * Any thrown value as a {@link PluginError}: itself if it is one, else `PLUGIN_FAILED` with it as the cause.
 */
export function toPluginError(thrown: unknown): PluginError {
  if (isPluginError(thrown)) return thrown;
  return new PluginError('PLUGIN_FAILED', describeThrown(thrown), { cause: thrown });
}

function describeThrown(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name;
  return typeof thrown === 'string' && thrown !== '' ? thrown : 'something was thrown that is no error';
}
