import { EventEmitter } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

/** What can be woken: those who claim polls or attempts, those who wait for work on other servers, and those who read events. */
export type Topic = 'polls' | 'attempts' | 'looks' | 'events';

const channel = 'sluice';

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

/**
 * Passes what other nodes notify on PostgreSQL on to `waker`, until the signal aborts. A lost connection is made again, with
 * back-off, and everybody is woken once after it, since a notification may have been missed.
 */
export async function listenForNotifications(
  url: string,
  waker: Waker,
  signal: AbortSignal,
  random: () => number,
): Promise<void> {
  for (let failures = 0; !signal.aborted; failures++) {
    const client = new pg.Client({ connectionString: url, application_name: 'sluice-listen', keepAlive: true });
    try {
      await client.connect();
      client.on('notification', ({ payload }) => waker.wake(payload as Topic));
      await client.query(`listen ${channel}`);
      failures = 0;
      for (const topic of ['polls', 'attempts', 'looks', 'events'] as const) waker.wake(topic);
      await untilClosed(client, signal);
    } catch {
      // The next round connects again; whoever needs the database meanwhile gets its own error.
    }
    await client.end().catch(() => {});
    const backOff = Math.min(30_000, 250 * 2 ** failures) * (0.5 + random() / 2);
    await wait(backOff, undefined, { signal, ref: false }).catch(() => {});
  }
}

function untilClosed(client: pg.Client, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    client.once('end', resolve);
    client.once('error', () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The SQL that tells every node about a topic when the transaction commits. */
export const notifySql = (topic: Topic): string => `notify ${channel}, '${topic}'`;
