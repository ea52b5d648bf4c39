import type { Config } from '../../config/config.ts';
import { type RecordedEvent, readEvents, readNewestEventId } from '../../store/events.ts';
import type { RouteSurroundings } from '../surroundings.ts';
import type { Page, PageRequest } from './page.ts';
import { findChanges, type Seen, type Shown, takeApart } from './shown.ts';

const mostEvents = 100;
/** A page that several look at is read once for all of them within this time, in milliseconds. */
const sharedMs = 400;
const mostRemembered = 500;

/**
 * Where a browser is: up to which event it knows, and what it shows, by the name that it was told; undefined
 * right after loading.
 */
export interface Place {
  readonly position: number;
  readonly seen: string | undefined;
}

/** Which page is shown, and where its browser is. */
export interface LiveRequest {
  readonly page: Page;
  readonly request: PageRequest;
  /** What tells this page from others, and its reader from others. */
  readonly key: string;
  readonly place: Place;
}

/**
 * What is not true any more of what a browser shows, as elements for htmx to put in their places, and where
 * it is then.
 */
export interface Changes {
  readonly text: string;
  readonly place: Place;
}

interface Reading {
  readonly at: number;
  readonly position: number;
  readonly config: Config;
  readonly shown: Promise<Shown>;
}

/**
 * Understands which parts of open pages are not true any more. Pages that show the same are read once for all
 * who look.
 */
export class LivePages {
  readonly #surroundings: RouteSurroundings;
  readonly #readings = new Map<string, Reading>();
  /** What browsers show, by its name, the newest last. */
  readonly #remembered = new Map<string, Seen>();

  constructor(surroundings: RouteSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Finds what has changed since a browser was at a place. */
  async findChanges(live: LiveRequest): Promise<Changes> {
    const { page, request, place } = live;
    const { position, events } = await this.#readEvents(place.position);
    const before = place.seen === undefined ? undefined : this.#remembered.get(place.seen);
    const concerns = (event: RecordedEvent) => before?.concerns?.(event) ?? page.concerns(event, request);
    const mayDiffer = page.refreshMs !== undefined || events === undefined || events.some(concerns);
    if (!mayDiffer) return { text: '', place: { ...place, position } };
    const shown = await this.#read(live, position);
    this.#remember(shown.seen);
    return { text: findChanges(before, shown), place: { position, seen: shown.seen.name } };
  }

  /** What has happened since; the events are undefined where they are too many to look at. */
  #readEvents(
    after: number,
  ): Promise<{ readonly position: number; readonly events: readonly RecordedEvent[] | undefined }> {
    return this.#surroundings.store.read(async (tx) => {
      const events = await readEvents(tx, after, mostEvents);
      if (events.length === mostEvents) return { position: await readNewestEventId(tx), events: undefined };
      return { position: events.at(-1)?.id ?? after, events };
    });
  }

  #read({ page, request, key }: LiveRequest, position: number): Promise<Shown> {
    const { now, configuration } = this.#surroundings;
    const { config } = configuration();
    const known = this.#readings.get(key);
    const isShared = known?.position === position && known.config === config && now() - known.at < sharedMs;
    if (isShared) return known.shown;
    const shown = page.read(request, this.#surroundings).then(takeApart);
    this.#readings.set(key, { at: now(), position, config, shown });
    const forget = () => {
      if (this.#readings.get(key)?.shown === shown) this.#readings.delete(key);
    };
    setTimeout(forget, sharedMs).unref();
    return shown;
  }

  #remember(seen: Seen): void {
    this.#remembered.delete(seen.name);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= mostRemembered && oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.set(seen.name, seen);
  }
}
