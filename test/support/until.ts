import { setTimeout as wait } from 'node:timers/promises';

/**
 * Waits until `look` answers something, and answers that. Bounded by the time limit of the test that calls it, or `limitMs`:
 * it then throws, with what `describe` has to say.
 */
export async function until<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { limitMs = 25_000, describe = () => 'what was waited for' }: { limitMs?: number; describe?: () => string } = {},
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`${describe()} did not come within ${limitMs} ms`);
    await wait(25);
  }
}
