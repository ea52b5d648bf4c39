import type { WireConfig } from '../../src/targets/wires.ts';

/** Straight to wherever, as a configuration without `http:` and `targets:` has it. */
export const wires: WireConfig = {
  http: { proxy: undefined, noProxy: [], ca: undefined, concurrencyPerHost: 16 },
  targets: { allowPrivate: true },
};
