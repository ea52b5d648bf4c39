import { afterEach } from 'vitest';
import { describeStores, type StorePlace } from '../../../test/support/stores.ts';
import { patienceMs, until } from '../../../test/support/until.ts';
import type { SinkConfig } from '../../src/config/events.ts';
import { type DeliverOptions, deliverEvents } from '../../src/events/deliver-events.ts';
import type { DeliverySighting } from '../../src/events/observer.ts';
import { appendEvents, type NewEvent } from '../../src/store/events.ts';
import { readStoreIdentity } from '../../src/store/identity.ts';
import { releaseAll } from '../../src/store/leases.ts';
import { activateConfiguration } from '../../src/store/nodes.ts';
import { adoptSinks, listSinks, type SinkStatus } from '../../src/store/sinks.ts';
import { openStore, type Store } from '../../src/store/store.ts';

interface Deliverer {
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** A store with an outbox, and those who deliver what is in it. */
export class PostOffice {
  readonly #place: StorePlace;
  readonly #deliverers = new Map<string, Deliverer>();
  store: Store;
  sinks: readonly SinkConfig[] = [];
  readonly sightings: DeliverySighting[] = [];
  readonly problems: unknown[] = [];
  now = Date.now;
  #hash = '';

  private constructor(place: StorePlace, store: Store) {
    this.#place = place;
    this.store = store;
  }

  static async open(place: StorePlace): Promise<PostOffice> {
    return new PostOffice(place, await openStore(place.url, { now: Date.now, random: Math.random }));
  }

  async close(): Promise<void> {
    await this.stop();
    await this.store.close();
    await this.#place.remove();
    if (this.problems.length > 0) throw new Error('delivery met problems', { cause: this.problems });
  }

  /** As after a kill: nothing but the store is left. */
  async reopen(): Promise<void> {
    await this.stop();
    await this.store.close();
    this.store = await openStore(this.#place.url, { now: Date.now, random: Math.random });
  }

  /** Makes these the sinks that are configured, as a start or a reload does. */
  async adopt(...sinks: readonly SinkConfig[]): Promise<void> {
    this.sinks = sinks;
    this.#hash = JSON.stringify(sinks);
    await this.store.transact(async (tx) => {
      await activateConfiguration(tx, 'one', this.#hash, this.now());
      await adoptSinks(
        tx,
        sinks.map(({ name, kind, retry }) => ({ name, kind, giveUpMs: retry.giveUpMs })),
      );
    });
  }

  async append(...events: readonly NewEvent[]): Promise<void> {
    await this.store.transact((tx) => appendEvents(tx, events, this.now()));
  }

  /** Lets a node deliver. */
  async start(node = 'one', options: Partial<DeliverOptions> = {}): Promise<void> {
    const stop = new AbortController();
    const done = deliverEvents(await this.#optionsOf(node, options), stop.signal);
    this.#deliverers.set(node, { stop, done });
  }

  async #optionsOf(node: string, options: Partial<DeliverOptions>): Promise<DeliverOptions> {
    const { store } = this;
    const server = { host: '127.0.0.1', port: 8153, url: 'https://sluice.example.com', trustProxy: false };
    const reach = {
      http: { proxy: undefined, noProxy: [], ca: undefined, concurrencyPerHost: 16 },
      targets: { allowPrivate: true },
    };
    return {
      store,
      node,
      random: Math.random,
      now: () => this.now(),
      resolve: (template) => template,
      config: { ...reach, events: this.sinks, server, hash: this.#hash },
      identity: await store.transact(readStoreIdentity),
      observer: {
        onDelivery: (sighting) => void this.sightings.push(sighting),
        onProblem: (what, error) => void this.problems.push(what, error),
      },
      ...options,
    };
  }

  async stop(...nodes: readonly string[]): Promise<void> {
    const stopping = nodes.length === 0 ? [...this.#deliverers.keys()] : nodes;
    for (const node of stopping) this.#deliverers.get(node)?.stop.abort(new Error('stopped'));
    for (const node of stopping) await this.#deliverers.get(node)?.done;
    for (const node of stopping) this.#deliverers.delete(node);
  }

  /** As the next start of a node does first. */
  async release(node: string): Promise<void> {
    await this.store.transact((tx) => releaseAll(tx, node));
  }

  async status(name: string): Promise<SinkStatus> {
    const found = (await this.store.transact(listSinks)).find((sink) => sink.name === name);
    if (!found) throw new Error(`there is no sink ${name}`);
    return found;
  }

  /** Until a sink has nothing more to get. */
  async drained(name: string, limitMs = patienceMs): Promise<SinkStatus> {
    return until(
      async () => {
        const status = await this.status(name);
        return status.lag === 0 && status;
      },
      { limitMs, describe: () => `an end of the deliveries to ${name}` },
    );
  }
}

/** Opens a post office; it is closed after the test. */
export type OpenOffice = () => Promise<PostOffice>;

/** Describes tests over both stores. */
export function describeOffices(title: string, tests: (open: OpenOffice) => void): void {
  describeStores(title, (place) => {
    const offices: PostOffice[] = [];
    afterEach(async () => {
      for (const office of offices.splice(0)) await office.close();
    });
    tests(async () => {
      const office = await PostOffice.open(await place());
      offices.push(office);
      return office;
    });
  });
}

/** The publication of a version. */
export function published(version: string, name = 'npmjs/fastify'): NewEvent {
  const data = {
    package: name,
    version,
    digest: 'sha256:aa',
    purl: `pkg:npm/fastify@${version}`,
    returned: false,
  };
  return { type: 'artifact.published', subject: name, data };
}
