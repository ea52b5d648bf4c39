/** How long a lease lasts unless it is renewed, in milliseconds, by the database's clock. */
export const leaseMs = 30_000;

/**
 * Understands whether leases count as run out. While the database was away nobody could renew them: for as
 * long as a lease lasts after that, those who hold them are believed to be alive.
 */
export class Outages {
  readonly #now: () => number;
  #lastAt = Number.NEGATIVE_INFINITY;

  /** `now` in milliseconds, of a clock that nobody sets. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The database was away just now. */
  note(): void {
    this.#lastAt = this.#now();
  }

  /** Whether leases could not be renewed a moment ago. */
  get isRecent(): boolean {
    return this.#now() - this.#lastAt < leaseMs;
  }
}
