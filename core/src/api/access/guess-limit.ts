import { createHash } from 'node:crypto';
import { Recent } from './recent.ts';

const mostGuesses = 20;

/**
 * Understands when an address has guessed too often: 20 different wrong tokens within a minute. The same
 * wrong token again, as a program sends it whose token was revoked, is no new guess. A right token is none
 * either: nobody can lock out those who have one.
 */
export class GuessLimit {
  readonly #addresses: Recent<Set<string>>;

  constructor(now: () => number) {
    this.#addresses = new Recent(now);
  }

  /** Whether wrong tokens of an address are refused as too many for now. */
  isReached(address: string): boolean {
    return (this.#addresses.find(address)?.size ?? 0) >= mostGuesses;
  }

  /** Counts a wrong token, and answers whether it was the one too many. */
  count(address: string, token: string): boolean {
    if (this.isReached(address)) return false;
    const guesses = this.#addresses.find(address) ?? this.#addresses.begin(address, new Set());
    guesses.add(createHash('sha256').update(token).digest('base64'));
    return guesses.size >= mostGuesses;
  }
}
