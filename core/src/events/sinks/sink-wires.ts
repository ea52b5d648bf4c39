import type { TlsFiles } from '../../config/jobs.ts';
import { type Reply, type Request, send } from '../../targets/send.ts';
import { openWires } from '../../targets/wires.ts';
import type { SinkSurroundings } from './sink.ts';

/** Wires, and how many requests are on them. */
interface Held {
  readonly opening: ReturnType<typeof openWires>;
  users: number;
}

/**
 * Understands over what one sink sends: connections that are kept for many events. After one of them brought
 * no answer new ones are opened for what follows, so that a certificate that was renewed on disk is used
 * without a reload; what is on its way over the old ones stays there, for one receiver's failure must not
 * become that of the others.
 */
export class SinkWires {
  readonly #open: () => ReturnType<typeof openWires>;
  #current: Held | undefined;
  #watched: AbortSignal | undefined;

  constructor({ config, resolve }: SinkSurroundings, files?: TlsFiles) {
    this.#open = () => openWires(config, resolve, files);
  }

  /** Sends once; nothing stays open after the signal aborts. Rejects as {@link openWires} does. */
  async send(request: Omit<Request, 'wires' | 'signal'>, signal: AbortSignal): Promise<Reply> {
    this.#watch(signal);
    const held = this.#current ?? { opening: this.#open(), users: 0 };
    this.#current = held;
    held.users++;
    try {
      const reply = await send({ ...request, wires: await held.opening, signal });
      if (reply.status === undefined || signal.aborted) this.#leave(held);
      return reply;
    } catch (error) {
      this.#leave(held);
      throw error;
    } finally {
      held.users--;
      await this.#closeUnused(held);
    }
  }

  /** One listener a signal, however often wires are opened. */
  #watch(signal: AbortSignal): void {
    if (signal === this.#watched) return;
    this.#watched = signal;
    const leave = () => {
      const held = this.#current;
      if (!held) return;
      this.#leave(held);
      void this.#closeUnused(held);
    };
    signal.addEventListener('abort', leave, { once: true });
  }

  #leave(held: Held): void {
    if (this.#current === held) this.#current = undefined;
  }

  async #closeUnused(held: Held): Promise<void> {
    if (held.users > 0 || this.#current === held) return;
    const opened = await held.opening.catch(() => undefined);
    await opened?.[Symbol.asyncDispose]();
  }
}
