import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createRandom } from '../../../test/support/random.ts';
import { until } from '../../../test/support/until.ts';
import { httpSink } from './configs.ts';
import { describeOffices, published } from './post-office.ts';
import { type Received, readEvent, startReceiver } from './receiver.ts';

const total = 10_000;
const subjects = 200;
const restarts = 8;
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

describeOffices(
  `${total} events to a sink that fails half the time, with ${restarts} restarts meanwhile (SEED=${seed})`,
  (open) => {
    it('are all delivered, in order for each subject', async () => {
      const office = await open();
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
      const events = Array.from({ length: total }, (_, index) => published(`${index}.0.0`, `npmjs/package-${index % subjects}`));
      await office.start();
      for (let restart = 0; restart < restarts; restart++) {
        await office.append(...events.slice((restart * total) / restarts, ((restart + 1) * total) / restarts));
        await wait(random() * 1_000);
        await office.stop();
        await office.reopen();
        await office.start('one', { graceMs: random() < 0.5 ? 0 : 100 });
      }
      const isDone = () =>
        new Set(office.sightings.filter(({ outcome }) => outcome === 'delivered').map(({ event }) => event)).size === total;
      await until(isDone, { limitMs: 570_000, describe: () => `${total} deliveries` });
      const status = await office.drained('storm');
      expect(status).toMatchObject({ lag: 0, deadLetters: 0, failing: undefined });

      const numbers = taken.map((one) => {
        const { subject } = readEvent(one);
        return { id: readEvent(one).id, index: Number(/@(\d+)\.0\.0$/.exec(subject)?.[1]), body: one.body };
      });
      expect(new Set(numbers.map(({ index }) => index)).size).toBe(total);
      expect(new Set(numbers.map(({ id }) => id)).size).toBe(total);
      for (const ofSubject of Map.groupBy(numbers, ({ index }) => index % subjects).values()) {
        const first = [...new Set(ofSubject.map(({ index }) => index))];
        expect(first).toEqual(first.toSorted((a, b) => a - b));
      }
    }, 600_000);
  },
);
