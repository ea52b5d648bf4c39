import { setTimeout as wait } from 'node:timers/promises';
import type { Actor } from '../../pipelines/actor.ts';
import type { RecordedEvent } from '../../store/events.ts';
import type { Message } from '../event-stream.ts';
import type { RouteSurroundings } from '../surroundings.ts';
import { findParts, type LiveParts } from './live-parts.ts';
import type { Page, PageRequest, PageView } from './page.ts';

/** A browser is told at most so often, in milliseconds; what happens in between it is told together. */
const pauseMs = 400;

interface Shown {
  readonly parts: LiveParts;
  /** The whole, for when the parts are others than before. */
  readonly main: () => string;
  readonly concerns: PageView['concerns'];
}

/** Which page is shown, and after which event it was read. */
export interface LiveRequest {
  readonly page: Page;
  readonly request: PageRequest;
  /** Who reads, as of now; undefined once they may not stay. */
  readonly actor: () => Actor | undefined;
  /** What tells this page from others, and its reader's rights from those of others. */
  readonly key: string;
  readonly after: number;
  readonly signal: AbortSignal;
}

/** Understands which parts of which open pages are not true any more. Pages that show the same are read once for all who look. */
export class LivePages {
  readonly #surroundings: RouteSurroundings;
  readonly #readings = new Map<string, { readonly at: number; readonly position: number; readonly shown: Promise<Shown> }>();

  constructor(surroundings: RouteSurroundings) {
    this.#surroundings = surroundings;
  }

  /** The parts of a page whenever they have changed. */
  async *follow(live: LiveRequest): AsyncGenerator<Message, void> {
    const { page, request, signal } = live;
    let id = live.after;
    let before: Shown | undefined;
    const batches = withTicks(this.#surroundings.events.follow(live.after, signal), page.refreshMs, signal);
    for await (const events of batches) {
      id = events.at(-1)?.id ?? id;
      const concerns = (event: RecordedEvent) => before?.concerns?.(event) ?? page.concerns(event, request);
      if (events.length > 0 && !events.some(concerns)) continue;
      const shown = await this.#read(live);
      const data = findChanges(before, shown);
      before = shown;
      if (data !== '') yield { id, event: 'parts', data };
      await wait(pauseMs, undefined, { signal });
    }
  }

  #read({ page, request, actor, key }: LiveRequest): Promise<Shown> {
    const { events, now } = this.#surroundings;
    const position = events.position();
    const known = this.#readings.get(key);
    if (known && known.position === position && now() - known.at < pauseMs) return known.shown;
    const shown = page.read({ ...request, actor: actor() ?? request.actor, now: now() }, this.#surroundings).then(toShown);
    this.#readings.set(key, { at: now(), position, shown });
    const forget = () => {
      if (this.#readings.get(key)?.shown === shown) this.#readings.delete(key);
    };
    void wait(pauseMs, undefined, { ref: false }).then(forget);
    return shown;
  }
}

function toShown({ main: { text }, concerns }: PageView): Shown {
  return { concerns, parts: findParts(text), main: () => `<main id="main" tabindex="-1" hx-swap-oob="morph">${text}</main>` };
}

function findChanges(before: Shown | undefined, { parts, main }: Shown): string {
  if (before && !(before.parts.size === parts.size && parts.keys().every((id) => before.parts.has(id)))) return main();
  const changed = [...parts].filter(([id, text]) => withoutAges(before?.parts.get(id) ?? '') !== withoutAges(text));
  return changed.map(([, text]) => text.replace(/^<[a-z0-9]+/, '$& hx-swap-oob="morph"')).join('');
}

/** That time goes by is no change: browsers see to it themselves. */
function withoutAges(text: string): string {
  return text.replaceAll(/ data-age(="")?>[^<]*/g, '');
}

/** What comes, and nothing now and then. */
async function* withTicks(
  batches: AsyncGenerator<readonly RecordedEvent[], void>,
  everyMs: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly RecordedEvent[], void> {
  if (everyMs === undefined) return yield* batches;
  let next = batches.next();
  while (!signal.aborted) {
    const done = new AbortController();
    const tick = wait(everyMs, undefined, { signal: done.signal }).catch(() => undefined);
    const result = await Promise.race([next, tick]).finally(() => done.abort());
    if (result?.done) return;
    yield result?.value ?? [];
    if (result) next = batches.next();
  }
}
