import type { Elsewhere } from '../../src/targets/target.ts';

/** For work that is not on another server: nothing is known, and nothing is to be remembered. */
export const nothingElsewhere: Elsewhere = {
  memory: undefined,
  async remember() {
    throw new Error('nothing is to be remembered here');
  },
  look: (signal) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
  readReport: async () => undefined,
  async callback() {
    throw new Error('no address for a report is needed here');
  },
};
