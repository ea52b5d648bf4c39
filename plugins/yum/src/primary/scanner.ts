import type { Nevra } from '../nevra.ts';
import type { XmlReader } from '../xml.ts';
import { makeDecoder } from './encoding.ts';
import { readHead, readName } from './head.ts';
import { PackageCutter } from './package-cutter.ts';
import { readPackages } from './package-reader.ts';
import type { RpmPackage } from './rpm-package.ts';
import { isUsualRoot, lastTold, readUsualPackage } from './usual-package.ts';

/** What is looked for in a primary.xml. */
export interface Wanted {
  /** Whether there may be something among packages of this name; false is certain. */
  mayWantName(name: string): boolean;
  /** Whether this package is wanted, with all that is told of it. */
  wants(nevra: Nevra): boolean;
  take(found: RpmPackage): void;
}

/** How a primary.xml was read. */
export interface ScanReport {
  /** Package elements that were seen. */
  readonly packages: number;
  /** How many the document says that it has. */
  readonly declared: number | undefined;
  /** Whether the full parser was needed for more than the elements that are wanted. */
  readonly fellBack: boolean;
}

/**
 * Understands how to find some packages in a primary.xml without parsing the others.
 *
 * Elements are cut out of the bytes, and only those whose name may be wanted are parsed, by the parser that
 * also takes over from where the bytes alone leave a doubt: the answer is the same. Throws as {@link
 * readPackages} does.
 */
export class PrimaryScanner {
  readonly #wanted: Wanted;
  readonly #cutter: PackageCutter;
  #rootTag = '';
  #isUsual = false;
  #declared: string | undefined;
  #packages = 0;
  #fallback: { readonly reader: XmlReader; readonly decode: (bytes?: Buffer) => string } | undefined;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    this.#cutter = new PackageCutter({
      prolog: (rootTag, declared) => {
        this.#rootTag = rootTag;
        this.#isUsual = isUsualRoot(rootTag);
        this.#declared = declared;
      },
      element: (bytes, start, end) => this.#consider(bytes, start, end),
    });
  }

  /** Takes the next bytes of the document. */
  push(chunk: Buffer): void {
    if (this.#fallback) this.#fallback.reader.write(this.#fallback.decode(chunk));
    else if (!this.#cutter.push(chunk)) this.#fallBack();
  }

  /** Ends the document. Throws `MALFORMED` if it is not whole. */
  end(): ScanReport {
    if (!this.#fallback && !this.#cutter.end()) this.#fallBack();
    if (this.#fallback) {
      this.#fallback.reader.write(this.#fallback.decode());
      this.#fallback.reader.end();
    }
    const declared = /^\d+$/.test(this.#declared ?? '') ? Number(this.#declared) : undefined;
    return { packages: this.#packages, declared, fellBack: this.#fallback !== undefined };
  }

  #consider(bytes: Buffer, start: number, end: number): void {
    const name = readName(bytes, start, end);
    if (name !== undefined) {
      const nevra = this.#wanted.mayWantName(name) ? readHead(bytes, start, end) : 'unwanted';
      if (nevra === 'unwanted' || (nevra && !this.#wanted.wants(nevra))) {
        this.#packages++;
        return;
      }
    }
    this.#parse(bytes.subarray(start, end));
  }

  #parse(element: Buffer): void {
    const last = this.#isUsual ? element.indexOf(lastTold) : -1;
    const usual =
      last < 0 ? undefined : readUsualPackage(element.toString('utf8', 0, last + lastTold.length));
    if (usual) {
      this.#count(usual);
      return;
    }
    const reader = this.#openReader();
    reader.write(`${this.#rootTag}${element.toString()}</metadata>`);
    reader.end();
  }

  #count(found: RpmPackage | undefined): void {
    this.#packages++;
    if (!found || !this.#wanted.wants(found)) return;
    // What the parser gives are slices, which keep the text that they were cut from: here a whole chunk, not
    // just half an element.
    this.#wanted.take(this.#fallback ? structuredClone(found) : found);
  }

  /** Hands over what the cutter did not give out. */
  #fallBack(): void {
    const { rest } = this.#cutter;
    const reader = this.#openReader();
    const decode = this.#rootTag === '' ? makeDecoder(rest) : makeDecoder(Buffer.alloc(0));
    this.#fallback = { reader, decode };
    reader.write(this.#rootTag + decode(rest));
  }

  #openReader(): XmlReader {
    return readPackages({
      package: (found) => this.#count(found),
      declared: (count) => {
        this.#declared = count;
      },
    });
  }
}
