/** Understands whether somebody rang since the last hush, and wakes who waits for it. */
export class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  hush(): void {
    this.#rung = false;
  }

  /** Until somebody rings, or rang already, or the time is up (milliseconds). */
  async wait(ms: number): Promise<void> {
    if (this.#rung) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wake = resolve;
    await promise;
    this.#wake = undefined;
    clearTimeout(timer);
  }
}
