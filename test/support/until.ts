import { setTimeout as wait } from 'node:timers/promises';

/**
 * How long tests wait for what must come, in milliseconds: much longer than it takes, as a machine may do
 * much else. No test measures by it.
 */
export const patienceMs = 120_000;

/** The same for vitest's `vi.waitFor` and `vi.waitUntil`, whose own is a second. */
export const patience = { timeout: patienceMs };

/**
 * Waits until `look` answers something, and answers that. Bounded by the time limit of the test that calls
 * it, or `limitMs`: it then throws, with what `describe` has to say.
 */
export async function until<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  {
    limitMs = patienceMs,
    describe = () => 'what was waited for',
  }: { limitMs?: number; describe?: () => string } = {},
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`${describe()} did not come within ${limitMs} ms`);
    await wait(25);
  }
}
