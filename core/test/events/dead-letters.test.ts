import { expect, it } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { deleteOld } from '../../src/engine/retention.ts';
import { listDeadLetters } from '../../src/store/deliveries.ts';
import { readEvents } from '../../src/store/events.ts';
import { findEventSince, replayEvents } from '../../src/store/sinks.ts';
import { httpSink, quick } from './configs.ts';
import { describeOffices, type PostOffice, published } from './post-office.ts';
import { answerWith, readEvent, startReceiver } from './receiver.ts';

const never = new AbortController().signal;

function deadOf(
  office: PostOffice,
  sink?: string,
  page = { limit: 10 } as { limit: number; after?: number },
) {
  return office.store.transact((tx) => listDeadLetters(tx, sink, page));
}

function replay(office: PostOffice, what: { readonly sink?: string; readonly from?: number }) {
  return office.store.transact((tx) => replayEvents(tx, { sink: what.sink, from: what.from }, office.now()));
}

describeOffices('an event that cannot be delivered', (open) => {
  it('for as long as the sink is to be tried is a dead letter, and the next of its subject has its turn', async () => {
    const office = await open();
    const clock = { ms: 1_000 };
    office.now = () => clock.ms;
    const receiver = await startReceiver((response, { body }) =>
      response.writeHead(body.includes('@1.0.0') ? 503 : 204).end(),
    );
    await office.adopt(httpSink('sink', receiver.url, { retry: { ...quick, giveUpMs: 1_000 } }));
    await office.start();
    await office.append(published('1.0.0'), published('1.1.0'));
    await until(() => office.sightings.length === 1);
    clock.ms += 500;
    await until(() => office.sightings.length === 2);
    clock.ms += 500;
    const status = await office.drained('sink');
    expect(status).toMatchObject({ deadLetters: 1, failing: undefined });
    const { items } = await deadOf(office);
    expect(items).toMatchObject([
      { sink: 'sink', error: 'answered 503', event: { data: { version: '1.0.0' } } },
    ]);
    expect(items[0]?.tries).toBe(3);
    expect(readEvent(receiver.received.at(-1) ?? { method: '', headers: {}, body: '' }).subject).toBe(
      'pkg:npm/fastify@1.1.0',
    );
  });

  it.each([400, 413, 422])(
    'because the receiver refuses it with %d is a dead letter at once',
    async (refusal) => {
      const office = await open();
      const receiver = await startReceiver(answerWith(refusal, 'what is\nthat?'));
      await office.adopt(httpSink('sink', receiver.url));
      await office.start();
      await office.append(published('1.0.0'));
      await office.drained('sink');
      expect(receiver.received).toHaveLength(1);
      expect((await deadOf(office)).items).toMatchObject([
        { tries: 1, error: `answered ${refusal}: what is that?` },
      ]);
    },
  );

  it.each([302, 401, 403, 404, 408, 410, 429, 500, 503])(
    'because of the way there (%d) is tried again',
    async (status) => {
      const office = await open();
      const receiver = await startReceiver(answerWith(status));
      await office.adopt(httpSink('sink', receiver.url));
      await office.start();
      await office.append(published('1.0.0'));
      await until(() => receiver.received.length > 2);
      receiver.answer = answerWith(200);
      expect(await office.drained('sink')).toMatchObject({ deadLetters: 0 });
    },
  );
});

describeOffices('replaying', (open) => {
  it('dead letters lets them wait again, each with its whole time', async () => {
    const office = await open();
    const receiver = await startReceiver(answerWith(400));
    await office.adopt(httpSink('one', receiver.url), httpSink('two', receiver.url));
    await office.start();
    await office.append(published('1.0.0'), published('1.1.0'));
    await until(async () => (await deadOf(office)).items.length === 4);
    expect((await deadOf(office, 'one')).items).toHaveLength(2);
    const first = await deadOf(office, undefined, { limit: 3 });
    const rest = await deadOf(office, undefined, { limit: 3, after: first.next ?? 0 });
    expect(new Set([...first.items, ...rest.items].map(({ id }) => id)).size).toBe(4);
    expect(rest.next).toBeNull();
    receiver.answer = answerWith(200);
    receiver.received.splice(0);
    expect(await replay(office, { sink: 'one' })).toMatchObject([{ name: 'one', deadLetters: 2 }]);
    expect(await office.drained('one')).toMatchObject({ deadLetters: 0 });
    expect(receiver.received.map((one) => readEvent(one).subject)).toEqual([
      'pkg:npm/fastify@1.0.0',
      'pkg:npm/fastify@1.1.0',
    ]);
    expect(await office.status('two')).toMatchObject({ deadLetters: 2 });
    expect(await replay(office, { sink: 'three' })).toEqual([]);
  });

  it('from an event on tells it and all that followed again, under the same ids, in order', async () => {
    const office = await open();
    const receiver = await startReceiver();
    await office.adopt(httpSink('sink', receiver.url));
    await office.start();
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await office.append(published(version));
    await office.drained('sink');
    const before = receiver.received.splice(0).map(readEvent);
    expect(await replay(office, { from: 2 })).toMatchObject([{ name: 'sink', position: 1, deadLetters: 0 }]);
    await office.drained('sink');
    expect(receiver.received.map(readEvent)).toEqual(before.slice(1));
  });

  it('finds the event of a moment', async () => {
    const office = await open();
    office.now = () => 5_000;
    await office.append(published('1.0.0'));
    office.now = () => 7_000;
    await office.append(published('1.1.0'));
    const find = (at: number) => office.store.transact((tx) => findEventSince(tx, at));
    expect([await find(0), await find(5_001), await find(7_001)]).toEqual([1, 2, undefined]);
  });
});

describeOffices('retention', (open) => {
  it('leaves events that a sink has still to get, and dead letters, and deletes them in the end', async () => {
    const office = await open();
    office.now = () => 1_000;
    await office.adopt(httpSink('away', 'http://127.0.0.1:1/', { retry: { ...quick, giveUpMs: 500 } }));
    await office.append(published('1.0.0'));
    const clean = (now: number) =>
      deleteOld(office.store, { logsMs: 0, pollsMs: 0, decisionsMs: 100, runs: 1 }, now, never);
    const left = async () => (await office.store.transact((tx) => readEvents(tx, 0, 10))).length;
    await clean(1_600);
    expect(await left()).toBe(1);
    await office.start();
    await until(async () => (await office.status('away')).position === 1);
    await office.stop();
    await clean(1_000_000);
    expect(await left()).toBe(1);
    office.now = () => 2_000;
    await office.start();
    await until(async () => (await office.status('away')).deadLetters === 1);
    await office.stop();
    await clean(2_050);
    expect(await left()).toBe(1);
    await clean(2_101);
    expect(await left()).toBe(0);
    expect((await deadOf(office)).items).toEqual([]);
  });

  it('does not keep for ever what nobody came to deliver', async () => {
    const office = await open();
    office.now = () => 1_000;
    await office.adopt(httpSink('away', 'http://127.0.0.1:1/', { retry: { ...quick, giveUpMs: 500 } }));
    await office.append(published('1.0.0'));
    await deleteOld(office.store, { logsMs: 0, pollsMs: 0, decisionsMs: 100, runs: 1 }, 1_601, never);
    expect(await office.store.transact((tx) => readEvents(tx, 0, 10))).toEqual([]);
  });
});
