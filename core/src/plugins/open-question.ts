import type { PluginLimits } from '../config/config.ts';
import { Deadline } from './deadline.ts';
import type { AskOptions, Progress, Traffic } from './plugin-host.ts';
import { crossing } from './protocol.ts';

/** What a question may tell beside its parts. */
export interface Listener extends Pick<AskOptions, 'onProgress'> {
  readonly onTraffic?: (traffic: Traffic) => void;
}

interface Arrived {
  readonly part: unknown;
  readonly characters: number;
}

/**
 * Understands how far the answer to one question has come: what arrived, what was taken of it, and how it
 * ended.
 */
export class OpenQuestion {
  readonly id: number;
  /** Who asks: a repository by name, or what is asked where none is concerned. */
  readonly asker: string;
  readonly deadline: Deadline;
  readonly #listener: Listener;
  readonly #arrived: Arrived[] = [];
  #wake = () => {};
  #ending: { readonly error?: unknown } | undefined;
  /** Set once it was told to end: what the plugin says after that does not matter. */
  aborted: { readonly reason: unknown; heard: boolean } | undefined;

  constructor(id: number, asker: string, limits: PluginLimits, listener: Listener) {
    this.id = id;
    this.asker = asker;
    this.deadline = new Deadline(limits);
    this.#listener = listener;
  }

  /** Whether the next move is the caller's: then the plugin is not silent. */
  get isWaitedFor(): boolean {
    return this.#arrived.length > 0;
  }

  get isEnded(): boolean {
    return this.#ending !== undefined;
  }

  put(part: unknown, characters: number): void {
    this.deadline.sign();
    this.#arrived.push({ part, characters });
    this.#wake();
  }

  sign(progress: Progress | undefined): void {
    this.deadline.sign();
    if (progress && !this.isEnded) this.#listener.onProgress?.(progress);
  }

  /** Nothing more comes; what arrived can still be taken. */
  end(traffic: Traffic | undefined): void {
    if (traffic && !this.isEnded) this.#listener.onTraffic?.(traffic);
    this.#ending ??= {};
    this.#wake();
  }

  /** It failed: whoever reads gets the error after what arrived before it. */
  fail(error: unknown, traffic?: Traffic): void {
    if (traffic && !this.isEnded) this.#listener.onTraffic?.(traffic);
    this.#ending ??= { error };
    this.#wake();
  }

  /** Nobody wants the rest: whoever reads gets the error now. */
  giveUp(error: unknown): void {
    this.#arrived.length = 0;
    this.fail(error);
  }

  /**
   * The parts in the order in which they came; `giveCredit` is told how much was taken. Throws what the
   * question failed with.
   */
  async *parts(giveCredit: (characters: number) => void): AsyncGenerator<unknown, void, undefined> {
    let taken = 0;
    while (true) {
      const arrived = this.#arrived.shift();
      if (arrived) {
        taken += arrived.characters;
        // Told seldom, but always when there is nothing left: the plugin may wait for just that.
        if (taken >= crossing.window / 4 || this.#arrived.length === 0) {
          giveCredit(taken);
          taken = 0;
        }
        yield arrived.part;
      } else if (this.#ending) {
        if ('error' in this.#ending) throw this.#ending.error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
