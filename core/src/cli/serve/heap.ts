import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 collect garbage before it asks the system for more memory. Left alone it keeps six times what a
 * server with 100,000 packages uses (docs/benchmarks.md), since reading a configuration and polling make much
 * that is thrown away at once.
 *
 * Set here and not on the command line, for `sluice` is started in many ways.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=40');
}
