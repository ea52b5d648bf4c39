import { ApiError } from './api-error.ts';

const mostOpen = 1_000;
const mostOfOne = 200;

/**
 * Understands how many streams are open: 1,000 at most, and of one client 200, so that nobody uses up those
 * of everybody.
 */
export class OpenStreams {
  readonly #clients = new Map<string, number>();
  #open = 0;

  /** Takes a place until it is disposed of. Throws TOO_MANY_REQUESTS. */
  enter(client: string): Disposable {
    const ofClient = this.#clients.get(client) ?? 0;
    if (ofClient >= mostOfOne)
      throw new ApiError('TOO_MANY_REQUESTS', `${mostOfOne} of your streams are open; close some`);
    if (this.#open >= mostOpen)
      throw new ApiError('TOO_MANY_REQUESTS', `${mostOpen} streams are open; ask again later`);
    this.#open++;
    this.#clients.set(client, ofClient + 1);
    return { [Symbol.dispose]: () => this.#leave(client) };
  }

  #leave(client: string): void {
    this.#open--;
    const left = (this.#clients.get(client) ?? 0) - 1;
    if (left > 0) this.#clients.set(client, left);
    else this.#clients.delete(client);
  }
}
