import { setTimeout as wait } from 'node:timers/promises';
import type { SinkConfig } from '../config/events.ts';
import { findStoreBackOff } from '../store/back-off.ts';
import { Bell } from '../store/bell.ts';
import {
  type DeliveryEnd,
  endDeliveries,
  loadQueue,
  type QueuedDelivery,
  queueEvents,
  readQueuedEvents,
} from '../store/deliveries.ts';
import type { RecordedEvent } from '../store/events.ts';
import { leaseMs } from '../store/lease-time.ts';
import { type Lease, LeaseLost, release } from '../store/leases.ts';
import { isConfigurationActive } from '../store/nodes.ts';
import { claimSink, keepSink } from '../store/sinks.ts';
import type { Store, Tx } from '../store/store.ts';
import { findRetryTime } from './back-off.ts';
import { Lanes } from './lanes.ts';
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
/** How long to wait for more to end before recording what has. */
const gatherMs = 5;

interface Ended {
  readonly delivery: QueuedDelivery;
  /** As it waits again, where it does. */
  readonly again: QueuedDelivery | undefined;
  readonly end: DeliveryEnd;
  readonly sighting: DeliverySighting;
}

/** What a look at the store brought. */
interface Look {
  readonly isActive: boolean;
  readonly epoch: number;
  readonly isWhole: boolean;
  /** The queue, where it had to be read anew. */
  readonly loaded: readonly QueuedDelivery[] | undefined;
  readonly queued: readonly QueuedDelivery[];
  /** Whether there may be events still that nobody has looked at. */
  readonly more: boolean;
}

/**
 * Understands what to give one sink, and when: events of one lane one after another, some lanes side by side,
 * each at least once. One node at a time has the sink; while it has, the queue is in its memory too.
 */
export class SinkLoop {
  readonly #options: SinkLoopOptions;
  readonly #bell = new Bell();
  readonly #lanes = new Lanes();
  readonly #underWay = new Set<Promise<void>>();
  readonly #ended: Ended[] = [];
  /** Of the queue as it is in memory; undefined where none of it is. */
  #epoch: number | undefined;
  /** Whether all that waits is in memory. */
  #isWhole = false;
  /** Whether there may be events that nobody has looked at. */
  #hasNews = true;
  /** How often in a row the store has failed. */
  #failures = 0;
  /** The sink has asked to be left alone until then. */
  #restUntil = Number.NEGATIVE_INFINITY;

  constructor(options: SinkLoopOptions) {
    this.#options = options;
  }

  /** Delivers until the signal aborts and what is on its way has come to an end. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    this.#options.store.onWake('events', () => this.#noteNews(), signal);
    signal.addEventListener('abort', () => this.#bell.ring(), { once: true });
    while (!signal.aborted) {
      this.#bell.hush();
      const lease = await this.#try('cannot be claimed', () =>
        this.#options.store.transact((tx) => this.#claim(tx)),
      );
      if (lease) await this.#hold(lease, signal);
      else
        await this.#bell.wait(
          this.#failures === 0 ? claimMs : findStoreBackOff(this.#failures, this.#options.random),
        );
    }
  }

  #noteNews(): void {
    this.#hasNews = true;
    this.#bell.ring();
  }

  async #claim(tx: Tx): Promise<Lease | undefined> {
    const { configHash, config, node } = this.#options;
    return (await isConfigurationActive(tx, configHash)) ? claimSink(tx, config.name, node) : undefined;
  }

  /** Delivers until the signal aborts, another configuration is in force or another node has the sink. */
  async #hold(lease: Lease, signal: AbortSignal): Promise<void> {
    const leaving = new AbortController();
    this.#epoch = undefined;
    try {
      while (!signal.aborted && (await this.#turn(lease, leaving.signal)));
      await this.#settle(leaving);
      await this.#giveBack(lease);
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
      leaving.abort(error);
      await this.#settle(leaving);
    }
    // What was not recorded is delivered again, by whoever has the sink next.
    for (const { delivery } of this.#ended.splice(0)) this.#lanes.end(delivery, delivery);
  }

  /**
   * Records what has ended, begins what is due, and waits for something to do; false where another
   * configuration is in force.
   */
  async #turn(lease: Lease, leaving: AbortSignal): Promise<boolean> {
    this.#bell.hush();
    const ended = [...this.#ended];
    const hasNews = this.#hasNews;
    // What comes meanwhile is news for the next look.
    this.#hasNews = false;
    const look = await this.#try('cannot be looked after', () =>
      this.#options.store.transact((tx) => this.#look(tx, lease, { ended, hasNews })),
    );
    if (look) this.#take(look, ended);
    // It may have been committed all the same: what is in memory is not what is in the store.
    else this.#epoch = undefined;
    if (look?.isActive === false) return false;
    const isWell = look !== undefined && (await this.#begin(leaving));
    if (!isWell) this.#hasNews = true;
    await this.#bell.wait(
      isWell ? this.#findSleep() : findStoreBackOff(this.#failures, this.#options.random),
    );
    // What ends at nearly the same time is recorded in one transaction, which costs a write to the disk.
    if (this.#underWay.size > 0) await wait(gatherMs);
    return true;
  }

  async #look(
    tx: Tx,
    lease: Lease,
    { ended, hasNews }: { readonly ended: readonly Ended[]; readonly hasNews: boolean },
  ): Promise<Look> {
    const { configHash, config, lookAhead, now } = this.#options;
    const { cursor, epoch } = await keepSink(tx, lease);
    await endDeliveries(
      tx,
      ended.map(({ end }) => end),
    );
    const isActive = await isConfigurationActive(tx, configHash);
    const isStale = epoch !== this.#epoch || (!this.#isWhole && this.#lanes.size <= lookAhead / 2);
    const loaded = isActive && isStale ? await loadQueue(tx, lease.id, lookAhead) : undefined;
    const isWhole = loaded ? loaded.length < lookAhead : this.#isWhole;
    const limit = isWhole ? lookAhead - (loaded?.length ?? this.#lanes.size) : 0;
    if (!isActive || !hasNews || limit <= 0)
      return { isActive, epoch, isWhole, loaded, queued: [], more: hasNews };
    const request = { sinkId: lease.id, cursor, types: config.types, limit, now: now() };
    const { deliveries, more } = await queueEvents(tx, request);
    return { isActive, epoch, isWhole, loaded, queued: deliveries, more };
  }

  /** Takes over in memory what was committed. */
  #take({ epoch, isWhole, loaded, queued, more }: Look, ended: readonly Ended[]): void {
    if (more) this.#hasNews = true;
    this.#ended.splice(0, ended.length);
    for (const { delivery, again } of ended) this.#lanes.end(delivery, again);
    if (loaded) this.#lanes.replace(loaded);
    this.#lanes.add(queued);
    this.#epoch = epoch;
    this.#isWhole = isWhole;
    this.#tell(ended);
  }

  /** Begins what is due; false where it cannot be read. */
  async #begin(leaving: AbortSignal): Promise<boolean> {
    const { store, now, concurrency } = this.#options;
    const limit = now() < this.#restUntil ? 0 : concurrency - this.#underWay.size;
    const due = this.#lanes.take(now(), limit);
    const events =
      due.length === 0
        ? new Map<number, RecordedEvent>()
        : await this.#try('cannot be given what is due', () =>
            store.transact((tx) => readQueuedEvents(tx, due)),
          );
    for (const delivery of due) {
      const event = events?.get(delivery.eventId);
      // An event that is gone from the store has taken its deliveries with it.
      if (!event) this.#lanes.end(delivery, events ? undefined : delivery);
      else this.#send(delivery, event, leaving);
    }
    return events !== undefined;
  }

  #send(delivery: QueuedDelivery, event: RecordedEvent, leaving: AbortSignal): void {
    const sent = this.#deliver(delivery, event, leaving).finally(() => {
      this.#underWay.delete(sent);
      this.#bell.ring();
    });
    this.#underWay.add(sent);
  }

  #findSleep(): number {
    const { concurrency, lookAhead, now } = this.#options;
    const { size } = this.#lanes;
    if (this.#isWhole ? this.#hasNews && size < lookAhead : size <= lookAhead / 2) return 0;
    if (this.#underWay.size >= concurrency) return leaseMs / 3;
    const next = Math.max(this.#lanes.findNextDue() ?? Number.POSITIVE_INFINITY, this.#restUntil);
    return Math.min(leaseMs / 3, Math.max(0, next - now()));
  }

  async #giveBack(lease: Lease): Promise<void> {
    const ended = [...this.#ended];
    const given = await this.#try('cannot be given back', () =>
      this.#options.store.transact(async (tx) => {
        await keepSink(tx, lease);
        await endDeliveries(
          tx,
          ended.map(({ end }) => end),
        );
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
    await Promise.all(this.#underWay);
    clearTimeout(grace);
    // Sinks close what they have open.
    leaving.abort(new Error('delivery has stopped'));
  }

  /** Never rejects. */
  async #deliver(delivery: QueuedDelivery, event: RecordedEvent, leaving: AbortSignal): Promise<void> {
    const answer = await this.#give(event, leaving);
    // What was broken off is delivered again, by whoever has the sink then.
    if (answer) this.#ended.push(this.#conclude(delivery, answer));
    else this.#lanes.end(delivery, delivery);
  }

  async #give(event: RecordedEvent, leaving: AbortSignal): Promise<Answer | undefined> {
    try {
      return await this.#options.sink.give(event, leaving);
    } catch (error) {
      if (leaving.aborted) return undefined;
      return { status: 'later', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  #conclude(delivery: QueuedDelivery, answer: Answer): Ended {
    const { config, now, random } = this.#options;
    const { id, eventId, queuedAt } = delivery;
    const at = now();
    const sighting = { sink: config.name, event: eventId };
    if (answer.status === 'taken') {
      const end = { id, outcome: 'delivered', at, dueAt: at, error: '' } as const;
      return {
        delivery,
        again: undefined,
        end,
        sighting: { ...sighting, outcome: 'delivered', message: answer.warning },
      };
    }
    const { reason: error } = answer;
    const tries = delivery.tries + 1;
    const retryAfterMs = answer.status === 'later' ? answer.retryAfterMs : undefined;
    if (retryAfterMs !== undefined) this.#restUntil = Math.max(this.#restUntil, at + retryAfterMs);
    const failed = { tries, queuedAt, now: at, retryAfterMs, random };
    const dueAt = answer.status === 'later' ? findRetryTime(config.retry, failed) : undefined;
    const outcome = dueAt === undefined ? 'dead' : 'again';
    return {
      delivery,
      again: dueAt === undefined ? undefined : { ...delivery, tries, dueAt },
      end: { id, outcome, at, dueAt: dueAt ?? at, error },
      sighting: { ...sighting, outcome, message: error },
    };
  }

  #tell(ended: readonly Ended[]): void {
    for (const { sighting } of ended) this.#options.observer.onDelivery(sighting);
  }

  /** Undefined where it failed, which is told. Throws {@link LeaseLost}. */
  async #try<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const done = await work();
      this.#failures = 0;
      return done;
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      this.#failures++;
      this.#options.observer.onProblem(`the sink ${this.#options.config.name} ${what}`, error);
      return undefined;
    }
  }
}
