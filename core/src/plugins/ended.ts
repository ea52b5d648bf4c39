import type { PluginErrorCode } from '@sluice/plugin-sdk';

/**
 * What a question in flight is told when its process ended under it.
 *
 * `blame`: `this` question ended it, `another` did, or nobody can tell (`unknown`).
 */
export class ProcessEnded extends Error {
  readonly code: PluginErrorCode;
  readonly blame: 'this' | 'another' | 'unknown';

  constructor(code: PluginErrorCode, message: string, blame: ProcessEnded['blame']) {
    super(message);
    this.code = code;
    this.blame = blame;
  }
}
