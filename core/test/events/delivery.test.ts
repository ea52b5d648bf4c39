import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { httpSink, quick, wanting } from './configs.ts';
import { describeOffices, published } from './post-office.ts';
import { answerWith, readEvent, startReceiver } from './receiver.ts';

describeOffices('a sink', (open) => {
  it('is told what happens from now on, and only what it wants', async () => {
    const office = await open();
    const receiver = await startReceiver();
    await office.append(published('1.0.0'));
    await office.adopt(httpSink('all', receiver.url, wanting('artifact.*')));
    await office.start();
    await office.append({ type: 'repository.failing', subject: 'npmjs', data: {} }, published('1.1.0'));
    await office.drained('all');
    expect(receiver.received.map((one) => readEvent(one).subject)).toEqual(['pkg:npm/fastify@1.1.0']);
    expect(office.problems).toEqual([]);
  });

  it('that fails is told again, and what follows of the same subject waits, and nothing else', async () => {
    const office = await open();
    const refusing = { until: 3 };
    const receiver = await startReceiver((response, { body }) => {
      const fails = body.includes('pkg:npm/fastify@1.0.0') && refusing.until-- > 0;
      response.writeHead(fails ? 503 : 202).end();
    });
    await office.adopt(httpSink('flaky', receiver.url));
    await office.append(published('1.0.0'), published('1.1.0'), {
      type: 'repository.failing',
      subject: 'npmjs',
      data: {},
    });
    await office.start();
    await office.drained('flaky');
    const told = receiver.received.map((one) => readEvent(one).subject);
    expect(told.filter((subject) => subject !== 'npmjs')).toEqual([
      ...Array.from({ length: 4 }, () => 'pkg:npm/fastify@1.0.0'),
      'pkg:npm/fastify@1.1.0',
    ]);
    expect(told.indexOf('npmjs')).toBeLessThan(3);
    const ids = receiver.received
      .filter(({ body }) => body.includes('fastify@1.0.0'))
      .map((one) => readEvent(one).id);
    expect(new Set(ids).size).toBe(1);
    expect(office.sightings.map(({ outcome }) => outcome).toSorted()).toEqual([
      'again',
      'again',
      'again',
      'delivered',
      'delivered',
      'delivered',
    ]);
  });

  it('that does not answer at all delays no other', async () => {
    const office = await open();
    const [silent, lively] = [await startReceiver(() => {}), await startReceiver()];
    await office.adopt(
      httpSink('silent', silent.url),
      httpSink('dead', 'http://127.0.0.1:1/'),
      httpSink('lively', lively.url),
    );
    await office.start('one', { graceMs: 10 });
    await office.append(...Array.from({ length: 50 }, (_, index) => published(`1.${index}.0`)));
    await office.drained('lively');
    expect(lively.received).toHaveLength(50);
    expect(await office.status('silent')).toMatchObject({ lag: 50 });
    await until(async () => (await office.status('dead')).failing !== undefined);
    expect(await office.status('dead')).toMatchObject({
      lag: 50,
      failing: { error: expect.stringContaining('ECONNREFUSED') },
    });
  });

  it('that breaks off one connection is sent over the others what is on its way there', async () => {
    const office = await open();
    const waiting: ServerResponse[] = [];
    const receiver = await startReceiver((response, { body }) => {
      if (body.includes('npmjs/broken')) response.destroy();
      else waiting.push(response);
    });
    await office.adopt(httpSink('sink', receiver.url));
    await office.start();
    await office.append(...['a', 'b', 'c'].map((name) => published('1.0.0', `npmjs/${name}`)));
    await until(() => waiting.length === 3);
    await office.append(published('1.0.0', 'npmjs/broken'));
    await until(() => office.sightings.some(({ outcome }) => outcome === 'again'));
    for (const response of waiting) response.writeHead(204).end();
    await until(() => office.sightings.filter(({ outcome }) => outcome === 'delivered').length === 3);
    expect(receiver.received.filter(({ body }) => !body.includes('npmjs/broken'))).toHaveLength(3);
  });

  it('is left alone for as long as it asks', async () => {
    const office = await open();
    const clock = { ms: Date.now() };
    office.now = () => clock.ms;
    const receiver = await startReceiver(answerWith(429, '', { 'retry-after': '100' }));
    await office.adopt(httpSink('busy', receiver.url, { retry: { ...quick, firstMs: 0, maxMs: 0 } }));
    await office.start();
    await office.append(published('1.0.0'));
    await until(() => office.sightings.length === 1);
    receiver.answer = answerWith(200);
    await office.append(published('1.0.0', 'npmjs/other'));
    await until(
      async () => (await office.status('busy')).lag === 2 && (await office.status('busy')).position > 1,
    );
    expect(receiver.received).toHaveLength(1);
    clock.ms += 99_000;
    await office.append(published('1.0.0', 'npmjs/third'));
    await until(async () => (await office.status('busy')).position === 3);
    expect(receiver.received).toHaveLength(1);
    clock.ms += 1_000;
    await office.append(published('1.0.0', 'npmjs/fourth'));
    await office.drained('busy');
    expect(receiver.received).toHaveLength(5);
  });

  it('that is configured no longer is told nothing more, and begins anew when it is again', async () => {
    const office = await open();
    const receiver = await startReceiver(answerWith(500));
    const sink = httpSink('gone', receiver.url);
    await office.adopt(sink);
    await office.start();
    await office.append(published('1.0.0'));
    await until(() => receiver.received.length > 0);
    await office.stop();
    await office.adopt();
    await office.append(published('1.1.0'));
    receiver.answer = answerWith(200);
    receiver.received.splice(0);
    await office.adopt(sink);
    await office.start();
    await office.append(published('1.2.0'));
    await office.drained('gone');
    expect(receiver.received.map((one) => readEvent(one).subject)).toEqual(['pkg:npm/fastify@1.2.0']);
  });

  it('has one node at a time, and another takes over', async () => {
    const office = await open();
    const receiver = await startReceiver();
    await office.adopt(httpSink('shared', receiver.url));
    await office.start('one');
    await office.append(published('1.0.0'));
    await office.drained('shared');
    await office.start('two');
    await office.append(...Array.from({ length: 20 }, (_, index) => published(`2.${index}.0`)));
    await office.drained('shared');
    await office.stop('one');
    await office.append(published('3.0.0'));
    await office.drained('shared');
    const told = receiver.received.map((one) => readEvent(one).subject);
    expect(told).toHaveLength(22);
    expect(new Set(told).size).toBe(22);
    expect(told.at(-1)).toBe('pkg:npm/fastify@3.0.0');
  });
});
