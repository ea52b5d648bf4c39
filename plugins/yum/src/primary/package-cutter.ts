import { PluginError } from '@sluice/plugin-sdk';
import { ByteBuffer } from './byte-buffer.ts';
import { longestProlog, readProlog } from './prolog.ts';

/** What is told while a primary.xml is cut into its packages. */
export interface CutListener {
  prolog(rootTag: string, declared: string | undefined): void;
  /**
   * One package element, with white space after it: the bytes from `start` to `end`, valid during the call.
   */
  element(bytes: Buffer, start: number, end: number): void;
}

const startTag = Buffer.from('<package');
const endTag = Buffer.from('</package>');
const rootEnd = Buffer.from('</metadata>');
const [lessThan, greaterThan, slash, exclamationMark, questionMark] = [0x3c, 0x3e, 0x2f, 0x21, 0x3f] as const;
const largestElement = 16 * 1_048_576;

/**
 * Understands where the package elements of a primary.xml begin and end, from its bytes alone, and when it
 * cannot be sure.
 *
 * It is sure of a document without `<!` and `<?` behind the XML declaration (so that every `<` begins a tag),
 * in which every start tag `<package` follows straight on the root's start tag or on an end tag `</package>`,
 * and the last such end tag is followed by `</metadata>` and nothing else: then no package element lies
 * inside another, and none has been overlooked. What it gave out before it had a doubt stays right.
 */
export class PackageCutter {
  readonly #listener: CutListener;
  readonly #held = new ByteBuffer();
  /** How much of what is held has been searched for the next start tag. */
  #searched = 0;
  #inProlog = true;
  #afterLessThan = false;
  #doubtful = false;

  constructor(listener: CutListener) {
    this.#listener = listener;
  }

  /**
   * Takes the next bytes; false if there is a doubt: {@link rest} and what follows is then for somebody else
   * to read.
   */
  push(chunk: Buffer): boolean {
    if (this.#inProlog) this.#readProlog(chunk);
    else this.#take(chunk);
    if (this.#held.length > largestElement) {
      const message = `primary.xml has an element of more than ${largestElement} bytes; have the metadata made again`;
      throw new PluginError('TOO_LARGE', message);
    }
    return !this.#doubtful;
  }

  /** Ends the document; false if there is a doubt. */
  end(): boolean {
    const bytes = this.#held.bytes;
    const end = skipBack(bytes, bytes.length) - rootEnd.length;
    if (this.#inProlog || !holdsAt(bytes, rootEnd, end)) return false;
    if (end === 0) return true;
    if (!isElement(bytes, 0, end)) return false;
    this.#listener.element(bytes, 0, end);
    return true;
  }

  /** What has been pushed and not been given out. */
  get rest(): Buffer {
    return this.#held.bytes;
  }

  #readProlog(chunk: Buffer): void {
    this.#held.append(chunk);
    const prolog = readProlog(this.#held.bytes);
    if (!prolog) {
      this.#doubtful = this.#held.length > longestProlog;
      return;
    }
    const content = Buffer.from(this.#held.bytes.subarray(prolog.length));
    this.#held.discard(this.#held.length);
    this.#inProlog = false;
    this.#listener.prolog(prolog.rootTag, prolog.declared);
    this.#take(content);
  }

  #take(chunk: Buffer): void {
    if (this.#hasMark(chunk)) {
      this.#doubtful = true;
      this.#held.append(chunk);
    } else if (this.#held.length === 0) {
      this.#hold(chunk.subarray(this.#cut(chunk, 0, 1)));
    } else {
      this.#bridge(chunk);
    }
  }

  /**
   * Goes on with an element that an earlier chunk began, copying no more of this chunk than that element has.
   */
  #bridge(chunk: Buffer): void {
    const first = findStart(chunk, 0);
    const copied = first < 0 ? chunk.length : first + startTag.length + 1;
    this.#held.append(chunk.subarray(0, copied));
    const begin = this.#cut(this.#held.bytes, 0, this.#searched);
    if (first >= 0 && !this.#doubtful) {
      this.#held.discard(this.#held.length);
      this.#hold(chunk.subarray(this.#cut(chunk, first, first + 1)));
    } else {
      this.#held.discard(begin);
      this.#hold(chunk.subarray(copied));
    }
  }

  /**
   * Gives out the elements that are whole, the first of which begins at `start`; answers where the first that
   * is not begins.
   */
  #cut(bytes: Buffer, start: number, searchFrom: number): number {
    let begin = start;
    let next = findStart(bytes, searchFrom);
    while (next >= 0) {
      if (!isElement(bytes, begin, next)) {
        this.#doubtful = true;
        return begin;
      }
      this.#listener.element(bytes, begin, next);
      begin = next;
      next = findStart(bytes, begin + 1);
    }
    return begin;
  }

  #hold(bytes: Buffer): void {
    this.#held.append(bytes);
    // A start tag that the chunk cuts off is seen when the rest of it is here.
    this.#searched = Math.max(1, this.#held.length - startTag.length);
  }

  /**
   * Whether a chunk has `<!` or `<?` in it, or completes one. Single bytes are found an order faster than
   * pairs.
   */
  #hasMark(chunk: Buffer): boolean {
    const found = [exclamationMark, questionMark].some((mark) => {
      let at = chunk.indexOf(mark);
      while (at >= 0 && !(at === 0 ? this.#afterLessThan : chunk[at - 1] === lessThan))
        at = chunk.indexOf(mark, at + 1);
      return at >= 0;
    });
    if (chunk.length > 0) this.#afterLessThan = chunk[chunk.length - 1] === lessThan;
    return found;
  }
}

/**
 * Where the next start tag of a package begins; -1 if there is none, or its name may go on behind the end.
 */
function findStart(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(startTag, from);
  while (at >= 0) {
    const after = bytes[at + startTag.length];
    if (after === undefined) return -1;
    if (after === greaterThan || after === slash || isSpace(after)) return at;
    at = bytes.indexOf(startTag, at + startTag.length);
  }
  return -1;
}

/**
 * Whether the bytes begin with a start tag `<package`, which {@link findStart} finds nowhere else in them,
 * and end with `</package>`.
 */
function isElement(bytes: Buffer, start: number, end: number): boolean {
  const last = skipBack(bytes, end) - endTag.length;
  return last > start && holdsAt(bytes, endTag, last) && holdsAt(bytes, startTag, start);
}

function skipBack(bytes: Buffer, end: number): number {
  let at = end;
  while (at > 0 && isSpace(bytes[at - 1])) at--;
  return at;
}

function holdsAt(bytes: Buffer, expected: Buffer, at: number): boolean {
  if (at < 0) return false;
  for (let index = 0; index < expected.length; index++)
    if (bytes[at + index] !== expected[index]) return false;
  return true;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
