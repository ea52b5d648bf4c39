const windowMs = 60_000;
const mostKeys = 1_000;

/**
 * What was counted lately, by key: what begins under a key is forgotten a minute later, and counting begins
 * anew.
 *
 * Of more than 1,000 keys the one that began longest ago is forgotten.
 */
export class Recent<T> {
  readonly #now: () => number;
  readonly #entries = new Map<string, { readonly since: number; readonly value: T }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What is counted under a key; undefined where nothing was within the minute. */
  find(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (!entry || this.#now() - entry.since < windowMs) return entry?.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** Begins to count under a key. */
  begin(key: string, value: T): T {
    this.#entries.delete(key);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= mostKeys && oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, { since: this.#now(), value });
    return value;
  }
}
