import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is remembered of a store. */
export interface RememberedStore {
  readonly identity: string;
  /** Whether the server that had it last closed it. */
  readonly closed: boolean;
}

/**
 * Understands which stores the servers of a directory have had, so that none is taken for a new one when its
 * data are gone.
 */
export class StoreMemory {
  /** Where it is kept. */
  readonly file: string;

  /** `place` is `.sluice/`. */
  constructor(place: string) {
    this.file = join(place, 'stores.json');
  }

  /** What is remembered of the store at an address, as {@link addressOf} gives it. */
  recall(address: string): RememberedStore | undefined {
    return this.#read()[address];
  }

  /** Remembers it, whatever happens next. */
  note(address: string, remembered: RememberedStore): void {
    const stores = { ...this.#read(), [address]: remembered };
    writeFileSync(`${this.file}.new`, `${JSON.stringify(stores, undefined, 2)}\n`, {
      mode: 0o600,
      flush: true,
    });
    renameSync(`${this.file}.new`, this.file);
  }

  #read(): Readonly<Record<string, RememberedStore>> {
    return existsSync(this.file) ? JSON.parse(readFileSync(this.file, 'utf8')) : {};
  }
}

/**
 * What tells one store's place from another, of its URL: a file, or a database on a host; nobody's name and
 * no password.
 */
export function addressOf(url: string): string {
  if (url.startsWith('sqlite:')) return url;
  const { host, pathname, searchParams } = new URL(url);
  const options = searchParams.get('options');
  return `postgres://${host}${pathname}${options === null ? '' : `?options=${options}`}`;
}
