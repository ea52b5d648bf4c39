import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeStores, type StorePlace } from '../../../test/support/stores.ts';
import { patience } from '../../../test/support/until.ts';
import type { PluginHost } from '../../src/plugins/plugin-host.ts';
import { pollNow } from '../../src/polling/request-poll.ts';
import { requestPoll } from '../../src/store/due-polls.ts';
import { releaseAll } from '../../src/store/leases.ts';
import { activateConfiguration } from '../../src/store/nodes.ts';
import { listPolls } from '../../src/store/polls.ts';
import { readRepositories } from '../../src/store/read-repositories.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { House, hostShelves, revision } from './house.ts';

let host: PluginHost;
beforeAll(async () => {
  host = await hostShelves();
});
afterAll(() => host.close());

const minuteMs = 60_000;
const everyMinute = { poll: { everyMs: minuteMs } };

describeStores('a poller', (place) => {
  let at: StorePlace;
  let store: Store;
  let house: House;
  let gate: string;
  beforeAll(async () => {
    at = await place();
    store = await openStore(at.url, { now: Date.now, random: Math.random });
  });
  afterAll(async () => {
    await store.close();
    await at.remove();
  });
  beforeEach(async () => {
    house = await House.furnish(store, host);
    gate = join(house.directory, 'gate');
    await house.shelve({ web: [revision('1.0.0')] });
  });
  afterEach(() => house.leave());

  const hook = (repository = 'shop') => house.store.transact((tx) => requestPoll(tx, repository, 'hook'));
  const begun = (count: number, shelf = 'shelf') =>
    vi.waitUntil(
      async () => (await house.journal(shelf)).filter(({ asked }) => asked).length >= count,
      patience,
    );
  const asked = async () => (await house.journal()).filter((line) => line.asked).length;

  it('polls a single repository at once, then once an interval', async () => {
    await house.arrange({ repository: everyMinute });
    expect(await house.polled(1)).toEqual(['shop ok']);
    await house.advance(minuteMs);
    await house.polled(2);
    await house.advance(minuteMs);
    await house.polled(3);
    expect(await asked()).toBe(3);
  });

  it('polls what nobody listens to only when asked to', async () => {
    await house.arrange({
      repository: everyMinute,
      others: { heard: everyMinute },
      pipelines: { app: { 'heard/web': 'manual' } },
    });
    await house.polled(1);
    await house.advance(minuteMs);
    expect(await house.polled(2)).toEqual(['heard ok', 'heard ok']);
    const statuses = await house.store.transact((tx) => readRepositories(tx));
    expect(
      statuses.map(({ name, listenedTo, nextPoll }) => [
        name,
        listenedTo,
        nextPoll !== null && nextPoll > house.now,
      ]),
    ).toEqual([
      ['heard', true, true],
      ['shop', false, false],
    ]);
    expect(statuses[1]?.nextPoll).toBeNull();
    expect(await house.poll('shop')).toMatchObject({ outcome: 'ok', revisions: 1 });
    expect(await house.ledger()).toEqual(['1.0.0 published']);
  });

  it('does not let a repository that hangs keep another waiting', async () => {
    await house.shelve({ web: [] }, { shelf: 'hung', gate });
    await house.arrange({
      others: { hung: { ...everyMinute, config: { file: house.file('hung') } } },
      repository: everyMinute,
      pipelines: { app: { web: 'latest', 'hung/web': 'latest' } },
    });
    await house.advance(minuteMs);
    await begun(1, 'hung');
    const polls = await house.polled(1);
    await house.advance(minuteMs);
    expect(new Set([...polls, ...(await house.polled(2))])).toEqual(new Set(['shop ok']));
  });

  describe('asked during a poll', () => {
    it('polls once more straight after, however often it was asked', async () => {
      await house.shelve({ web: [revision('1.0.0')] }, { gate });
      await house.arrange({ repository: everyMinute });
      await begun(1);
      for (let times = 0; times < 5; times++) await hook();
      const answer = house.poll();
      await house.shelve({ web: [revision('1.0.0'), revision('2.0.0')] });
      await writeFile(gate, '');
      expect(await answer).toMatchObject({ outcome: 'ok', revisions: 1 });
      expect(house.sightings.map(({ revisions }) => revisions)).toEqual([1, 1]);
      expect(await asked()).toBe(2);
    });
  });

  describe('called by a hook', () => {
    beforeEach(async () => {
      await house.arrange();
      await house.poll();
      await house.poll();
      house.sightings.length = 0;
    });

    it('looks again after 2, 10 and 30 seconds when it found nothing, and then no more', async () => {
      await hook();
      await house.polled(1);
      for (const [index, seconds] of [2, 8, 20].entries()) {
        await house.advance(seconds * 1000 - 1);
        expect(await dueIn()).toBe(1);
        await house.advance(1);
        await house.polled(index + 2);
      }
      expect(await dueIn()).toBeUndefined();
    });

    it('looks no more once it found something', async () => {
      await hook();
      await house.polled(1);
      await house.shelve({ web: [revision('1.0.0'), revision('1.1.0')] });
      await house.advance(2000);
      await house.polled(2);
      expect(await house.wishes()).toEqual(['app 1.0.0', 'app 1.1.0']);
      expect(await dueIn()).toBeUndefined();
    });

    it('looks again for a repository that nobody listens to', async () => {
      await house.arrange({ pipelines: {} });
      await hook();
      await house.polled(1);
      for (const [index, seconds] of [2, 8, 20].entries()) {
        await house.advance(seconds * 1000);
        await house.polled(index + 2);
      }
    });

    async function dueIn(): Promise<number | undefined> {
      const { due_at } = await house.store.transact((tx) =>
        tx.db.selectFrom('repository').select('due_at').where('name', '=', 'shop').executeTakeFirstOrThrow(),
      );
      return due_at === null ? undefined : due_at - house.now;
    }
  });

  describe('after a failure', () => {
    const failure = { code: 'UNREACHABLE', message: 'nobody there' } as const;

    it('backs off, is asked by hand all the same, and comes back to its interval by itself', async () => {
      await house.shelve({}, { failure });
      await house.arrange({ repository: { poll: { everyMs: minuteMs } } });
      await house.polled(1);
      await house.advance(minuteMs);
      await house.polled(2);
      // The second failure in a row: with a random share of a half, 105 seconds.
      await house.advance(104_000);
      expect(await house.poll()).toMatchObject({ outcome: 'failed' });
      expect(house.sightings).toHaveLength(3);
      await house.shelve({ web: [revision('1.0.0')] });
      await house.advance(15 * minuteMs);
      await house.polled(4);
      await house.advance(minuteMs);
      expect(await house.polled(5)).toEqual([
        'shop failed',
        'shop failed',
        'shop failed',
        'shop ok',
        'shop ok',
      ]);
    });

    it('never asks before the server’s own Retry-After, by hand or by hook', async () => {
      await house.shelve(
        {},
        { failure: { code: 'RATE_LIMITED', message: 'slowly', retryAfterMs: 5 * minuteMs } },
      );
      await house.arrange({ repository: { poll: { everyMs: minuteMs } } });
      await house.polled(1);
      await expect(house.poll()).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 5 * minuteMs });
      await hook();
      await house.advance(5 * minuteMs - 1);
      const [row] = await house.store.transact((tx) =>
        tx.db.selectFrom('repository').select('not_before').execute(),
      );
      expect(row?.not_before).toBe(house.now + 1);
      expect(await asked()).toBe(1);
      await house.shelve({ web: [revision('1.0.0')] });
      await house.advance(1);
      expect(await house.polled(2)).toEqual(['shop failed', 'shop ok']);
    });

    it('heeds the Retry-After that one package was answered with', async () => {
      const problem = { code: 'RATE_LIMITED', message: 'slowly', retryAfterMs: 5 * minuteMs } as const;
      await house.shelve({ web: { revisions: [], problem }, api: [revision('1.0.0')] });
      await house.arrange({ packages: { web: {}, api: {} } });
      expect(await house.poll()).toMatchObject({ outcome: 'partial', problem: { code: 'RATE_LIMITED' } });
      await expect(house.poll()).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 5 * minuteMs });
    });

    it('waits at most an hour for a server that asks for more', async () => {
      await house.shelve(
        {},
        { failure: { code: 'RATE_LIMITED', message: 'never', retryAfterMs: 1000 * 60 * minuteMs } },
      );
      await house.arrange({ repository: everyMinute });
      await house.polled(1);
      await house.advance(60 * minuteMs);
      await house.polled(2);
    });
  });

  describe('that stops', () => {
    it('ends the polls in flight, gives their leases back, and calls that no failure', async () => {
      await house.shelve({ web: [revision('1.0.0')] }, { gate });
      await house.arrange({ repository: everyMinute });
      await begun(1);
      await house.stop();
      const [row] = await house.store.transact((tx) =>
        tx.db.selectFrom('repository').select(['lease_owner', 'failures', 'polled_at']).execute(),
      );
      expect(row).toEqual({ lease_owner: null, failures: 0, polled_at: null });
      await writeFile(gate, '');
      house.start();
      expect(await house.polled(1)).toEqual(['shop ok']);
    });
  });

  describe('that lost its work', () => {
    it('commits nothing where another node has the lease', async () => {
      await house.shelve({ web: [revision('1.0.0')] }, { gate });
      await house.arrange({ repository: everyMinute });
      await begun(1);
      await house.store.transact((tx) => releaseAll(tx, 'node'));
      const other = new AbortController();
      const running = house.makePoller('other').run(other.signal);
      await begun(2);
      await writeFile(gate, '');
      await house.polled(1);
      expect(house.sightings).toHaveLength(1);
      expect(await house.ledger()).toEqual(['1.0.0 published']);
      other.abort();
      await running;
    });

    it('commits nothing under a configuration that is not the active one any more, and claims nothing', async () => {
      await house.shelve({ web: [revision('1.0.0')] }, { gate });
      await house.arrange({ repository: everyMinute });
      await begun(1);
      await house.store.transact((tx) => activateConfiguration(tx, 'node', 'another', house.now));
      await writeFile(gate, '');
      await vi.waitUntil(async () => (await readOwner()) === null, patience);
      await house.advance(minuteMs);
      expect(await house.ledger()).toEqual([]);
      expect(house.sightings).toEqual([]);
      await house.store.transact(async (tx) => {
        await activateConfiguration(tx, 'node', house.config.hash, house.now);
        tx.wake('polls');
      });
      await house.polled(1);
      expect(await asked()).toBe(2);
    });

    async function readOwner(): Promise<string | null> {
      const [row] = await house.store.transact((tx) =>
        tx.db.selectFrom('repository').select('lease_owner').execute(),
      );
      return row?.lease_owner ?? null;
    }
  });

  it('shares the work with other nodes, each repository with one at a time', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `r${index}`);
    await Promise.all(names.map((name) => house.shelve({ web: [revision('1.0.0')] }, { shelf: name })));
    const others = Object.fromEntries(
      names.map((name) => [name, { poll: { manual: true }, config: { file: house.file(name) } } as const]),
    );
    await house.arrange({ others, pipelines: {} });
    const stop = new AbortController();
    const nodes = ['two', 'three'].map((node) => house.makePoller(node).run(stop.signal));
    await Promise.all(names.map((name) => house.poll(name)));
    for (const name of names)
      expect((await house.journal(name)).filter(({ asked }) => asked)).toHaveLength(1);
    stop.abort();
    await Promise.all(nodes);
  });

  it('keeps the history of its polls, newest first, with what they cost', async () => {
    await house.arrange();
    await house.poll();
    await house.publish(revision('1.0.0'), revision('1.1.0'), revision('1.2.0'));
    await house.shelve({}, { failure: { code: 'TIMEOUT', message: 'too slow' } });
    await house.poll();
    const read = (after: number | undefined) =>
      house.store.transact((tx) => listPolls(tx, 'shop', { limit: 2, after }));
    const page = await read(undefined);
    expect(page.items).toMatchObject([
      { outcome: 'failed', problem: { code: 'TIMEOUT', message: 'too slow' }, packages: 1 },
      { outcome: 'ok', revisions: 2, packages: 1, problems: 0 },
    ]);
    expect(await read(page.next ?? 0)).toMatchObject({
      items: [{ outcome: 'ok', revisions: 1 }],
      next: null,
    });
  });

  it('knows no repository that is not configured', async () => {
    await house.arrange();
    const audit = {
      actor: 'alice',
      person: 'alice',
      action: 'poll',
      subject: 'nobody',
      from: null,
      details: {},
    };
    const options = { signal: AbortSignal.timeout(1000), now: () => house.now, audit };
    expect(await pollNow(house.store, 'nobody', options)).toBeUndefined();
    expect(existsSync(gate)).toBe(false);
  });
});
