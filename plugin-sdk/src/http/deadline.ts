/**
 * Understands when an exchange has to end: its time is up, its call was aborted, or the client was closed.
 */
export class Deadline {
  /** The signal of the call that the exchange belongs to. */
  readonly signal: AbortSignal;
  /** On the clock that was handed in, in milliseconds. */
  readonly expiresAt: number;
  readonly #open: Set<Deadline>;
  readonly #timer: NodeJS.Timeout;
  #cancel: ((reason: Error) => void) | undefined;
  #ended: Error | undefined;

  /** Registers itself in `open` until it is settled; `late` makes the reason for when the time is up. */
  constructor(
    signal: AbortSignal,
    open: Set<Deadline>,
    limit: { readonly ms: number; readonly now: number },
    late: () => Error,
  ) {
    this.signal = signal;
    this.expiresAt = limit.now + limit.ms;
    this.#open = open;
    open.add(this);
    this.#timer = setTimeout(() => this.end(late()), limit.ms);
  }

  /** Why it ended, if it did. */
  get ended(): Error | undefined {
    return this.#ended;
  }

  /**
   * Ends the exchange: whatever waits is cancelled with this reason, wrapped unless it is an error. The first
   * reason counts.
   */
  end(reason: unknown): void {
    if (this.#ended) return;
    this.#ended = reason instanceof Error ? reason : new Error('the exchange was ended', { cause: reason });
    this.#cancel?.(this.#ended);
  }

  /**
   * What cancels the step that is waited for now, in place of the step before; runs at once if the end has
   * come.
   */
  onEnd(cancel: (reason: Error) => void): void {
    this.#cancel = cancel;
    if (this.#ended) cancel(this.#ended);
  }

  /** Throws the reason if the end has come. */
  throwIfEnded(): void {
    if (this.#ended) throw this.#ended;
  }

  /** Nothing is waited for any more. */
  settle(): void {
    clearTimeout(this.#timer);
    this.#open.delete(this);
  }
}
