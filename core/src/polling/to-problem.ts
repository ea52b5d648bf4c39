import type { PluginError } from '@sluice/plugin-sdk';
import type { Problem } from '../plugins/plugin-host.ts';

/** What a plugin's error says, as it is stored and shown. */
export function toProblem({ code, message, retryAfterMs }: PluginError): Problem {
  return { code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
