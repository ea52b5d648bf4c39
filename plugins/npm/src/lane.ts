/** Understands that work is done one after the other, whatever becomes of each. */
export class Lane {
  #last: Promise<unknown> = Promise.resolve();

  /** Does the work when what was given before is over; answers, or rejects, as the work does. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    // Whoever gave the work hears of its failure; the next in the lane does not.
    this.#last = result.catch(() => {});
    return result;
  }
}
