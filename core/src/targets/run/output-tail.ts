import { type FileHandle, open } from 'node:fs/promises';
import type { Masker } from '../../config/masker.ts';
import { replaceNul } from '../log-text.ts';
import { isMissing } from './files.ts';

/** Where the output goes, and how much of it. */
export interface OutputTailOptions {
  readonly path: string;
  /** How many raw bytes are stored already. */
  readonly offset: number;
  /**
   * How many raw bytes to store at most: of more, the first half as it comes, and the last half when it is
   * complete.
   */
  readonly storedBytes: number;
  readonly masker: Masker;
  readonly write: (text: string, offset: number) => Promise<void>;
}

const blockBytes = 64 * 1024;
/** Longer secrets are not recognised where they are cut. */
const overlapBytes = 2 * blockBytes;

/**
 * Understands which part of a growing file of output is stored already, and how to store the next.
 *
 * The offset stands always between two characters and never within a secret, so that whoever goes on from it
 * needs to know nothing more. What cannot be taken yet (half a character, what may be the beginning of a
 * secret) is read again the next time.
 */
export class OutputTail implements AsyncDisposable {
  readonly #options: OutputTailOptions;
  #file: FileHandle | undefined;
  #offset: number;

  constructor(options: OutputTailOptions) {
    this.#options = options;
    this.#offset = options.offset;
  }

  /** How many raw bytes there are, stored or not. */
  async size(): Promise<number> {
    const file = await this.#open();
    return file === undefined ? 0 : (await file.stat()).size;
  }

  /** Stores what there is, in parts of at most 64 KiB of raw output. Answers whether there was something. */
  async copy(): Promise<boolean> {
    const before = this.#offset;
    await this.#copyTo(this.#headBytes, false);
    return this.#offset > before;
  }

  /**
   * Stores what is left. Where there is more than is kept, that is the end, after a line that says how much
   * is left out.
   */
  async finish(): Promise<void> {
    const size = await this.size();
    const { storedBytes } = this.#options;
    // Beyond the head stands who has left something out before, and little is left then.
    if (size > storedBytes && (this.#offset <= this.#headBytes || size - this.#offset > storedBytes)) {
      await this.copy();
      await this.#leaveOut(size);
    }
    await this.#copyTo(size, true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
  }

  get #headBytes(): number {
    return Math.floor(this.#options.storedBytes / 2);
  }

  /**
   * Goes on where the end begins, between two characters and not within a secret: what may be cut there is
   * read from before.
   */
  async #leaveOut(size: number): Promise<void> {
    const { storedBytes, write } = this.#options;
    const file = await this.#open();
    const tail = size - (storedBytes - this.#headBytes);
    const from = Math.max(this.#offset, tail - overlapBytes);
    const block = Buffer.alloc(tail - from);
    const { bytesRead } = (await file?.read(block, 0, block.length, from)) ?? { bytesRead: 0 };
    const { bytes } = this.#take(block.subarray(0, bytesRead), false);
    const next = bytes === 0 ? tail : from + bytes;
    const missing = next - this.#offset;
    await write(
      `\n[sluice: ${missing} bytes of the output are left out here; the limit is ${storedBytes} bytes]\n`,
      next,
    );
    this.#offset = next;
  }

  async #copyTo(end: number, last: boolean): Promise<void> {
    while (await this.#copyBlock(end, last));
  }

  async #copyBlock(end: number, last: boolean): Promise<boolean> {
    const room = Math.min(blockBytes, end - this.#offset);
    const file = room > 0 ? await this.#open() : undefined;
    if (file === undefined) return false;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(room), 0, room, this.#offset);
    if (bytesRead === 0) return false;
    const block = buffer.subarray(0, bytesRead);
    const part = this.#take(block, last && bytesRead < blockBytes);
    // More than fits into a block is no beginning of a secret any more.
    const { text, bytes } = part.bytes === 0 && bytesRead === blockBytes ? this.#take(block, true) : part;
    if (bytes === 0) return false;
    await this.#options.write(replaceNul(text), this.#offset + bytes);
    this.#offset += bytes;
    return true;
  }

  #take(block: Buffer, last: boolean): { readonly text: string; readonly bytes: number } {
    const whole = block.length - (last ? 0 : countPartialBytes(block));
    const text = block.toString('utf8', 0, whole);
    const { masked, taken } = this.#options.masker.maskPart(text, last);
    // What is left over begins a secret, which was valid text: its bytes can be counted, those of garbage
    // before it could not.
    return { text: masked, bytes: whole - Buffer.byteLength(text.slice(taken)) };
  }

  async #open(): Promise<FileHandle | undefined> {
    try {
      this.#file ??= await open(this.#options.path);
      return this.#file;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}

/** How many bytes at the end begin a UTF-8 character (RFC 3629) that is not there yet as a whole. */
function countPartialBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < countCharacterBytes(byte) ? back : 0;
  }
  return 0;
}

function countCharacterBytes(first: number): number {
  if (first >= 0xf0) return 4;
  return first >= 0xe0 ? 3 : 2;
}
