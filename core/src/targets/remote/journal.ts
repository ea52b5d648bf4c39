import type { Masker } from '../../config/masker.ts';
import { replaceNul } from '../log-text.ts';
import type { Following } from '../target.ts';

/** Understands how to tell, in a job's log, what happens to work on another server. */
export class Journal {
  readonly #following: Pick<Following, 'write'>;
  readonly #masker: Masker;
  #offset: number;

  constructor(following: Pick<Following, 'write' | 'offset'>, masker: Masker) {
    this.#following = following;
    this.#masker = masker;
    this.#offset = following.offset;
  }

  /** The text as it may be shown. */
  mask(text: string): string {
    return replaceNul(this.#masker.mask(text));
  }

  async tell(line: string): Promise<void> {
    const text = `${this.mask(line)}\n`;
    this.#offset += Buffer.byteLength(text);
    await this.#following.write(text, this.#offset);
  }
}
