import { PluginError } from '@sluice/plugin-sdk';
import { crossing } from '../protocol.ts';
import type { Reply } from './reply.ts';

/** Understands how a long list is told in pieces: each a part that begins with the same head. */
export class Pieces {
  readonly #reply: Reply;
  readonly #head: string;
  #items: string[] = [];
  #characters = 0;
  #total = 0;

  /** `head` is JSON up to the list: `{"kind":"revisions","revisions":`. */
  constructor(reply: Reply, head: string) {
    this.#reply = reply;
    this.#head = head;
  }

  /** Adds an item, JSON already. Throws `TOO_LARGE` when the whole grows beyond what one answer may be. */
  async add(json: string): Promise<void> {
    this.#total += json.length;
    if (this.#total > crossing.answer)
      throw new PluginError('TOO_LARGE', `more than ${crossing.answer} characters in one answer`);
    if (this.#characters + json.length > crossing.piece) await this.finish();
    this.#items.push(json);
    this.#characters += json.length;
  }

  /** Tells what is left. */
  async finish(): Promise<void> {
    if (this.#items.length === 0) return;
    const part = `${this.#head}[${this.#items.join(',')}]}`;
    this.#items = [];
    this.#characters = 0;
    await this.#reply.part(part);
  }
}
