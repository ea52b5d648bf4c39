/** How far {@link AskAhead} goes. */
interface AskAheadOptions {
  /** The most questions in flight at once; as many answers again may wait to be read. */
  readonly concurrency: number;
  /** Ends the reading at once, with its reason, even where a question does not heed it. */
  readonly signal: AbortSignal;
}

/**
 * Understands how far to ask ahead of whoever reads the answers.
 *
 * Answers come as they are known; nothing more is asked when the signal aborts or nobody reads on. `ask`
 * never rejects.
 */
export class AskAhead<Q, A extends object> implements AsyncIterable<A> {
  readonly #waiting: Iterator<Q>;
  readonly #ask: (question: Q) => Promise<A>;
  readonly #concurrency: number;
  readonly #signal: AbortSignal;
  readonly #answered: A[] = [];
  #inFlight = 0;
  #over = false;
  #wake = () => {};

  constructor(
    questions: Iterable<Q>,
    ask: (question: Q) => Promise<A>,
    { concurrency, signal }: AskAheadOptions,
  ) {
    this.#waiting = questions[Symbol.iterator]();
    this.#ask = ask;
    this.#concurrency = concurrency;
    this.#signal = signal;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<A> {
    const onAbort = () => this.#wake();
    this.#signal.addEventListener('abort', onAbort);
    try {
      for (;;) {
        this.#signal.throwIfAborted();
        const answer = this.#answered.shift();
        this.#refill();
        if (answer !== undefined) yield answer;
        else if (this.#inFlight > 0) await this.#news();
        else return;
      }
    } finally {
      this.#over = true;
      this.#signal.removeEventListener('abort', onAbort);
    }
  }

  #refill(): void {
    while (
      !this.#over &&
      this.#inFlight < this.#concurrency &&
      this.#inFlight + this.#answered.length < 2 * this.#concurrency
    ) {
      const next = this.#waiting.next();
      if (next.done) return;
      this.#inFlight++;
      void this.#ask(next.value).then((answer) => this.#take(answer));
    }
  }

  #take(answer: A): void {
    this.#inFlight--;
    this.#answered.push(answer);
    if (!this.#signal.aborted) this.#refill();
    this.#wake();
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
