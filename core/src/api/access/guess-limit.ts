import { createHash } from 'node:crypto';

const mostGuesses = 20;
const windowMs = 60_000;
const mostAddresses = 1_000;

/** The wrong tokens that came from one address since a time. */
interface Guesses {
  readonly since: number;
  readonly hashes: Set<string>;
}

/**
 * Understands when an address has guessed too often: 20 different wrong tokens within a minute. The same wrong token again, as a
 * program sends it whose token was revoked, is no new guess, and locks out nobody else at that address.
 *
 * Of more than 1,000 addresses the one that began longest ago is forgotten.
 */
export class GuessLimit {
  readonly #now: () => number;
  readonly #addresses = new Map<string, Guesses>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether nothing that an address presents is looked at for now. */
  isReached(address: string): boolean {
    return (this.#recent(address)?.hashes.size ?? 0) >= mostGuesses;
  }

  /** Counts a wrong token, and answers whether it was the one too many. */
  count(address: string, token: string): boolean {
    const guesses = this.#recent(address) ?? this.#begin(address);
    const before = guesses.hashes.size;
    guesses.hashes.add(createHash('sha256').update(token).digest('base64'));
    return guesses.hashes.size === mostGuesses && before < mostGuesses;
  }

  #recent(address: string): Guesses | undefined {
    const guesses = this.#addresses.get(address);
    if (!guesses || this.#now() - guesses.since < windowMs) return guesses;
    this.#addresses.delete(address);
    return undefined;
  }

  #begin(address: string): Guesses {
    const [oldest] = this.#addresses.keys();
    if (this.#addresses.size >= mostAddresses && oldest !== undefined) this.#addresses.delete(oldest);
    const guesses = { since: this.#now(), hashes: new Set<string>() };
    this.#addresses.set(address, guesses);
    return guesses;
  }
}
