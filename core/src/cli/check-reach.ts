import { type PluginErrorCode, toPluginError } from '@sluice/plugin-sdk';
import type { RepositoryConfig } from '../config/config.ts';
import type { AskOptions, PluginHost } from '../plugins/plugin-host.ts';

/** What can be learnt of a repository of which no package is configured. */
export interface CheckedReach {
  readonly problem: { readonly code: PluginErrorCode; readonly message: string } | null;
}

/**
 * Asks whether a repository can be reached; whether packages can be read is not known without one. Throws the
 * signal's reason.
 */
export async function checkReach(
  host: PluginHost,
  repository: RepositoryConfig,
  options: AskOptions,
): Promise<CheckedReach> {
  try {
    await host.check(repository, options);
    return { problem: null };
  } catch (thrown) {
    options.signal.throwIfAborted();
    const { code, message } = toPluginError(thrown);
    return { problem: { code, message } };
  }
}
