import { EventEmitter } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { findStoreBackOff } from './back-off.ts';

/**
 * What can be woken: those who claim polls or attempts, those who wait for work on other servers, and those
 * who read events.
 */
export type Topic = 'polls' | 'attempts' | 'looks' | 'events';

const channel = 'sluice';
const connectMs = 15_000;

/** Understands who waits for work, and tells them when there is some. */
export class Waker {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  /** Calls `listener` at every wake-up until the signal aborts. */
  on(topic: Topic, listener: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#emitter.on(topic, listener);
    signal.addEventListener('abort', () => this.#emitter.off(topic, listener), { once: true });
  }

  wake(topic: Topic): void {
    this.#emitter.emit(topic);
  }
}

/** What listening needs beside the database's address. */
export interface ListenOptions {
  readonly signal: AbortSignal;
  /** In [0, 1), for the jitter of the back-off. */
  readonly random: () => number;
  /** Called when there is no connection to be had. */
  readonly onOutage: () => void;
}

/**
 * Passes what other nodes notify on PostgreSQL on to `waker`, until the signal aborts. A lost connection is
 * made again, with back-off, and everybody is woken once after it, since a notification may have been missed.
 */
export async function listenForNotifications(
  url: string,
  waker: Waker,
  { signal, random, onOutage }: ListenOptions,
): Promise<void> {
  for (let failures = 0; !signal.aborted; failures++) {
    const connection = {
      connectionString: url,
      connectionTimeoutMillis: connectMs,
      keepAlive: true,
    } as const;
    const client = new pg.Client({
      ...connection,
      keepAliveInitialDelayMillis: 10_000,
      application_name: 'sluice-listen',
    });
    const closed = untilClosed(client, signal);
    try {
      await client.connect();
      client.on('notification', ({ payload }) => waker.wake(payload as Topic));
      await client.query(`listen ${channel}`);
      failures = 0;
      for (const topic of ['polls', 'attempts', 'looks', 'events'] as const) waker.wake(topic);
      await closed;
    } catch {
      // The next round connects again; whoever needs the database meanwhile gets its own error.
      onOutage();
    }
    await client.end().catch(() => {});
    await wait(findStoreBackOff(failures + 1, random), undefined, { signal, ref: false }).catch(() => {});
  }
}

/** Until the connection breaks or is ended, at whatever moment of its life, or the signal aborts. */
function untilClosed(client: pg.Client, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const close = () => {
      signal.removeEventListener('abort', close);
      resolve();
    };
    client.on('end', close);
    client.on('error', close);
    signal.addEventListener('abort', close);
    if (signal.aborted) close();
  });
}

/** The SQL that tells every node about a topic when the transaction commits. */
export const notifySql = (topic: Topic): string => `notify ${channel}, '${topic}'`;
