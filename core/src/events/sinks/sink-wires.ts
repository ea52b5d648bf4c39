import type { TlsFiles } from '../../config/jobs.ts';
import { openWires, type Wires } from '../../targets/wires.ts';
import type { SinkSurroundings } from './sink.ts';

/**
 * Understands over what one sink sends: connections that are kept for many events, and opened anew after no answer came, so that a
 * certificate that was renewed on disk is used without a reload.
 */
export class SinkWires {
  readonly #open: () => ReturnType<typeof openWires>;
  #current: ReturnType<typeof openWires> | undefined;

  constructor({ config, resolve }: SinkSurroundings, files?: TlsFiles) {
    this.#open = () => openWires(config, resolve, files);
  }

  /** The wires to send over; they are closed when the signal aborts. Rejects as {@link openWires} does. */
  async use(signal: AbortSignal): Promise<Wires> {
    const current = this.#current ?? this.#begin(signal);
    this.#current = current;
    return current.catch((error: unknown) => {
      this.#forget(current);
      throw error;
    });
  }

  /** Lets go of wires over which no answer came; whoever sends over them meanwhile gets none either, and sends again. */
  async renew(wires: Wires): Promise<void> {
    const current = this.#current;
    const opened = await current;
    if (!current || opened !== wires) return;
    this.#forget(current);
    await opened[Symbol.asyncDispose]();
  }

  #begin(signal: AbortSignal): ReturnType<typeof openWires> {
    const opening = this.#open();
    const close = () => {
      this.#forget(opening);
      opening.then((opened) => opened[Symbol.asyncDispose]()).catch(() => {});
    };
    signal.addEventListener('abort', close, { once: true });
    return opening;
  }

  #forget(wires: ReturnType<typeof openWires>): void {
    if (this.#current === wires) this.#current = undefined;
  }
}
