import type { SinkConfig } from '../config/events.ts';
import { Bell } from '../store/bell.ts';
import {
  type DeliveryEnd,
  type DueDelivery,
  endDeliveries,
  findDueDeliveries,
  findNextDelivery,
  queueEvents,
} from '../store/deliveries.ts';
import { type Lease, LeaseLost, leaseMs, release, renew } from '../store/leases.ts';
import { isConfigurationActive } from '../store/nodes.ts';
import { claimSink } from '../store/sinks.ts';
import type { Store, Tx } from '../store/store.ts';
import { findRetryTime } from './back-off.ts';
import type { DeliveryObserver, DeliverySighting } from './observer.ts';
import type { Answer, Sink } from './sinks/sink.ts';

/** What delivering to one sink needs. Times in milliseconds. */
export interface SinkLoopOptions {
  readonly store: Store;
  /** This node's id. */
  readonly node: string;
  /** Of the configuration that the sink is from. */
  readonly configHash: string;
  readonly config: SinkConfig;
  readonly sink: Sink;
  readonly observer: DeliveryObserver;
  readonly now: () => number;
  /** In [0, 1), for the jitter of the back-off. */
  readonly random: () => number;
  /** The most events on their way at once. */
  readonly concurrency: number;
  /** The most events that wait in the queue. */
  readonly lookAhead: number;
  /** How long what is on its way may take when delivery stops. */
  readonly graceMs: number;
}

/** How often to look whether another node has let go of the sink. */
const claimMs = 5_000;
/** How long to wait after an error that nobody foresaw. */
const errorMs = 2_000;

interface Ended {
  readonly lane: string;
  readonly end: DeliveryEnd;
  readonly sighting: DeliverySighting;
}

/** What a look at the queue brought; `inactive` where another configuration is in force. */
type Look = { readonly due: readonly DueDelivery[]; readonly sleepMs: number } | 'inactive';

/**
 * Understands what to give one sink, and when: events of one lane one after another, some lanes side by side, each at least once. One
 * node at a time has the sink.
 */
export class SinkLoop {
  readonly #options: SinkLoopOptions;
  readonly #bell = new Bell();
  readonly #busy = new Map<string, Promise<void>>();
  readonly #ended: Ended[] = [];
  /** The sink has asked to be left alone until then. */
  #restUntil = Number.NEGATIVE_INFINITY;

  constructor(options: SinkLoopOptions) {
    this.#options = options;
  }

  /** Delivers until the signal aborts and what is on its way has come to an end. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    this.#options.store.onWake('events', () => this.#bell.ring(), signal);
    signal.addEventListener('abort', () => this.#bell.ring(), { once: true });
    while (!signal.aborted) {
      this.#bell.hush();
      const lease = await this.#try('cannot be claimed', () => this.#options.store.transact((tx) => this.#claim(tx)));
      if (lease) await this.#hold(lease, signal);
      else await this.#bell.wait(claimMs);
    }
  }

  async #claim(tx: Tx): Promise<Lease | undefined> {
    const { configHash, config, node } = this.#options;
    return (await isConfigurationActive(tx, configHash)) ? claimSink(tx, config.name, node) : undefined;
  }

  /** Delivers until the signal aborts, another configuration is in force or another node has the sink. */
  async #hold(lease: Lease, signal: AbortSignal): Promise<void> {
    const leaving = new AbortController();
    try {
      while (!signal.aborted && (await this.#turn(lease, leaving.signal)));
      await this.#settle(leaving);
      await this.#giveBack(lease, this.#ended.splice(0));
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
      leaving.abort(error);
      await this.#settle(leaving);
    }
    // What was not recorded is delivered again, by whoever has the sink next.
    this.#ended.splice(0);
    this.#busy.clear();
  }

  /** Records what has ended, begins what is due, and waits for something to do; false where another configuration is in force. */
  async #turn(lease: Lease, leaving: AbortSignal): Promise<boolean> {
    this.#bell.hush();
    const ended = [...this.#ended];
    const look = await this.#try('cannot be looked after', () =>
      this.#options.store.transact((tx) => this.#look(tx, lease, ended)),
    );
    if (look === undefined) {
      await this.#bell.wait(errorMs);
      return true;
    }
    this.#ended.splice(0, ended.length);
    for (const { lane } of ended) this.#busy.delete(lane);
    this.#tell(ended);
    if (look === 'inactive') return false;
    for (const delivery of look.due) this.#busy.set(delivery.lane, this.#deliver(delivery, leaving));
    await this.#bell.wait(look.sleepMs);
    return true;
  }

  async #look(tx: Tx, lease: Lease, ended: readonly Ended[]): Promise<Look> {
    const { configHash, config, concurrency, lookAhead } = this.#options;
    await this.#keep(tx, lease, ended);
    if (!(await isConfigurationActive(tx, configHash))) return 'inactive';
    const now = this.#options.now();
    const more = await queueEvents(tx, { sinkId: lease.id, types: config.types, lookAhead, now });
    const free = new Set(ended.map(({ lane }) => lane));
    const busy = [...this.#busy.keys()].filter((lane) => !free.has(lane));
    const limit = now < this.#restUntil ? 0 : concurrency - busy.length;
    const request = { sinkId: lease.id, now, busy, limit };
    const due = limit > 0 ? await findDueDeliveries(tx, request) : [];
    if (due.length === limit && limit > 0) return { due, sleepMs: more ? 0 : leaseMs / 3 };
    const next = await findNextDelivery(tx, lease.id, [...busy, ...due.map(({ lane }) => lane)]);
    const nextAt = Math.max(next ?? Number.POSITIVE_INFINITY, this.#restUntil);
    return { due, sleepMs: more ? 0 : Math.min(leaseMs / 3, Math.max(0, nextAt - now)) };
  }

  /** Throws {@link LeaseLost}. */
  async #keep(tx: Tx, lease: Lease, ended: readonly Ended[]): Promise<void> {
    if (!(await renew(tx, 'sink', [lease])).has(lease.id)) throw new LeaseLost(lease);
    await endDeliveries(
      tx,
      ended.map(({ end }) => end),
    );
  }

  async #giveBack(lease: Lease, ended: readonly Ended[]): Promise<void> {
    const given = await this.#try('cannot be given back', () =>
      this.#options.store.transact(async (tx) => {
        await this.#keep(tx, lease, ended);
        await release(tx, lease);
        tx.wake('events');
        return true;
      }),
    );
    if (given) this.#tell(ended);
  }

  /** Until nothing is on its way. */
  async #settle(leaving: AbortController): Promise<void> {
    const grace = setTimeout(() => leaving.abort(new Error('delivery has stopped')), this.#options.graceMs);
    await Promise.all(this.#busy.values());
    clearTimeout(grace);
  }

  /** Never rejects. */
  async #deliver(delivery: DueDelivery, leaving: AbortSignal): Promise<void> {
    const answer = await this.#give(delivery, leaving);
    // What was broken off is delivered again, by whoever has the sink then.
    if (answer) this.#ended.push(this.#conclude(delivery, answer));
    this.#bell.ring();
  }

  async #give({ event }: DueDelivery, leaving: AbortSignal): Promise<Answer | undefined> {
    try {
      return await this.#options.sink.give(event, leaving);
    } catch (error) {
      if (leaving.aborted) return undefined;
      return { status: 'later', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  #conclude({ id, lane, tries, queuedAt, event }: DueDelivery, answer: Answer): Ended {
    const { config, now, random } = this.#options;
    const at = now();
    const sighting = { sink: config.name, event: event.id };
    if (answer.status === 'taken') {
      const end = { id, outcome: 'delivered', at, dueAt: at, error: '' } as const;
      return { lane, end, sighting: { ...sighting, outcome: 'delivered', message: answer.warning } };
    }
    const retryAfterMs = answer.status === 'later' ? answer.retryAfterMs : undefined;
    if (retryAfterMs !== undefined) this.#restUntil = Math.max(this.#restUntil, at + retryAfterMs);
    const failed = { tries: tries + 1, queuedAt, now: at, retryAfterMs, random };
    const dueAt = answer.status === 'later' ? findRetryTime(config.retry, failed) : undefined;
    const outcome = dueAt === undefined ? 'dead' : 'again';
    const message = answer.reason;
    return { lane, end: { id, outcome, at, dueAt: dueAt ?? at, error: message }, sighting: { ...sighting, outcome, message } };
  }

  #tell(ended: readonly Ended[]): void {
    for (const { sighting } of ended) this.#options.observer.onDelivery(sighting);
  }

  /** Undefined where it failed, which is told. Throws {@link LeaseLost}. */
  async #try<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      this.#options.observer.onProblem(`the sink ${this.#options.config.name} ${what}`, error);
      return undefined;
    }
  }
}
