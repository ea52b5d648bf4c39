import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createRandom } from '../../../test/support/random.ts';
import type { StorePlace } from '../../../test/support/stores.ts';
import { until } from '../../../test/support/until.ts';
import { httpSink } from './configs.ts';
import { PostOffice, published } from './post-office.ts';
import { type Received, readEvent, startReceiver } from './receiver.ts';

const total = 10_000;
const subjects = 200;
const restarts = 8;
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** What the storm is, for the title of its tests. */
export const storm = `${total} events to a sink that fails half the time, with ${restarts} restarts meanwhile (SEED=${seed})`;

/** Delivers the storm, and looks at what arrived and in which order. */
export function testStorm(place: () => Promise<StorePlace>): void {
  it('are all delivered, in order for each subject', async () => {
    await using ending = new AsyncDisposableStack();
    const office = ending.adopt(await PostOffice.open(await place()), (one) => one.close());
    const random = createRandom(seed);
    const taken: Received[] = [];
    const receiver = await startReceiver((response, request) => {
      const draw = random();
      if (draw < 0.3) response.writeHead(503).end();
      else if (draw < 0.5) response.destroy();
      else {
        taken.push(request);
        response.writeHead(204).end();
      }
    });
    await office.adopt(httpSink('storm', receiver.url));
    await office.start();
    for (let restart = 0; restart < restarts; restart++) {
      await office.append(...publishPart(restart));
      await wait(random() * 1_000);
      await office.stop();
      await office.reopen();
      await office.start('one', { graceMs: random() < 0.5 ? 0 : 100 });
    }
    await until(() => countDelivered(office) === total, {
      limitMs: 1_150_000,
      describe: () => `${total} deliveries`,
    });
    expect(await office.drained('storm')).toMatchObject({ lag: 0, deadLetters: 0, failing: undefined });
    expectAll(taken);
  });
}

function publishPart(part: number) {
  const size = total / restarts;
  return Array.from({ length: size }, (_, index) => part * size + index).map((number) =>
    published(`${number}.0.0`, `npmjs/package-${number % subjects}`),
  );
}

function countDelivered({ sightings }: PostOffice): number {
  return new Set(sightings.filter(({ outcome }) => outcome === 'delivered').map(({ event }) => event)).size;
}

function expectAll(taken: readonly Received[]): void {
  const events = taken
    .map(readEvent)
    .map(({ id, subject }) => ({ id, number: Number(/@(\d+)\.0\.0$/.exec(subject)?.[1]) }));
  expect(new Set(events.map(({ number }) => number)).size).toBe(total);
  expect(new Set(events.map(({ id }) => id)).size).toBe(total);
  for (const ofSubject of Map.groupBy(events, ({ number }) => number % subjects).values()) {
    // What was taken and not recorded before a restart comes again, after itself.
    const first = [...new Set(ofSubject.map(({ number }) => number))];
    expect(first).toEqual(first.toSorted((a, b) => a - b));
  }
}
