import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeStores, type StorePlace } from '../../../test/support/stores.ts';
import type { PluginHost } from '../../src/plugins/plugin-host.ts';
import { adoptRepositories } from '../../src/polling/adopt-repositories.ts';
import { readRepositories } from '../../src/store/read-repositories.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { House, hostShelves, revision } from './house.ts';

let host: PluginHost;
beforeAll(async () => {
  host = await hostShelves();
});
afterAll(() => host.close());

const hourMs = 3_600_000;

describeStores('polling', (place) => {
  let at: StorePlace;
  let store: Store;
  let house: House;
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
  });
  afterEach(() => house.leave());

  describe('rule 1, no version is missed', () => {
    it('records a backport and several versions between two polls, each once, in the order of the plugin', async () => {
      await house.arrange();
      await house.publish(revision('1.0.0'), revision('2.0.0'));
      await house.publish(
        ...['10.0.0', '1.0.1', '2.0.0', '1.0.0', '2.1.0', '9.0.0'].map((version) => revision(version)),
      );
      expect(await house.ledger()).toEqual(
        ['10.0.0', '9.0.0', '2.1.0', '2.0.0', '1.0.1', '1.0.0'].map((version) => `${version} published`),
      );
      await house.publish(
        ...['10.0.0', '1.0.1', '2.0.0', '1.0.0', '2.1.0', '9.0.0', '0.5.0'].map((version) =>
          revision(version),
        ),
      );
      const page = await house.ledger();
      expect(page).toHaveLength(7);
      expect(page.at(-1)).toBe('0.5.0 published');
    });

    it('records a first look of three thousand versions', async () => {
      await house.arrange();
      const answer = await house.publish(
        ...Array.from({ length: 3000 }, (_, patch) => revision(`1.0.${patch}`)),
      );
      expect(answer).toMatchObject({ outcome: 'ok', revisions: 3000 });
      expect((await house.ledger()).slice(0, 2)).toEqual(['1.0.2999 published', '1.0.2998 published']);
      expect(await house.wishes()).toEqual(['app 1.0.2999']);
    });

    it('takes a change feed’s difference for what it is', async () => {
      await house.arrange();
      await house.publish(revision('1.0.0'), revision('2.0.0'));
      await house.tell({ web: { difference: true, revisions: [revision('2.1.0')], removed: ['1.0.0'] } });
      expect(await house.ledger()).toEqual(['2.1.0 published', '2.0.0 published', '1.0.0 published']);
      house.now += 60_000;
      await house.poll();
      expect(await house.ledger()).toEqual(['2.1.0 published', '2.0.0 published', '1.0.0 withdrawn']);
    });

    it('keeps a version that breaks a rule apart, and records the others', async () => {
      await house.arrange();
      await house.publish(revision('1.0.0'), revision('2.0.0', { location: 'ftp://example.com/' }));
      expect(await house.ledger()).toEqual(['1.0.0 published']);
      const refused = await house.store.transact((tx) =>
        tx.db.selectFrom('refused').select(['version']).execute(),
      );
      expect(refused).toEqual([{ version: '2.0.0' }]);
    });
  });

  describe('rule 2, nothing starts twice', () => {
    beforeEach(async () => {
      await house.arrange();
      await house.publish(revision('1.0.0'));
      await house.publish(revision('1.0.0'), revision('1.1.0'));
      expect(await house.wishes()).toEqual(['app 1.0.0', 'app 1.1.0']);
    });
    const expectNothing = async () => {
      house.now += 60_000;
      await house.poll();
      expect(await house.wishes()).toEqual(['app 1.0.0', 'app 1.1.0']);
      expect(await house.ledger()).toEqual(['1.1.0 published', '1.0.0 published']);
    };

    it('not after a restart', async () => {
      await house.arrange();
      await expectNothing();
    });

    it('not after a credential rotation, which keeps the cursors', async () => {
      await house.arrange({ repository: { config: { file: house.file(), token: 'new' } } });
      await expectNothing();
      expect((await house.journal()).findLast(({ asked }) => asked)?.asked).toEqual([
        { key: 'web', cursor: true },
      ]);
    });

    it('not after another URL, which drops the cursors', async () => {
      await house.arrange({ repository: { config: { file: house.file(), mirror: 'elsewhere' } } });
      await expectNothing();
      expect((await house.journal()).findLast(({ asked }) => asked)?.asked).toEqual([
        { key: 'web', cursor: false },
      ]);
    });

    it('not after another version of the plugin', async () => {
      const upgraded = new Map(
        [...host.loaded()].map(([id, plugin]) => [id, { ...plugin, version: 'next' }]),
      );
      await house.store.transact((tx) =>
        adoptRepositories(tx, { config: house.config, plugins: upgraded, now: house.now }),
      );
      await expectNothing();
      expect((await house.journal()).findLast(({ asked }) => asked)?.asked).toEqual([
        { key: 'web', cursor: false },
      ]);
    });

    it('not under another name, which formerly: carries the history to', async () => {
      await house.stop();
      const renamed = house.makeConfig({ repository: { name: 'store', formerly: ['shop'] } });
      await house.arrange({ repository: { name: 'store', formerly: ['shop'] } });
      expect(house.config.hash).toBe(renamed.hash);
      house.now += 60_000;
      await house.poll('store');
      expect(await house.wishes()).toEqual(['app 1.0.0', 'app 1.1.0']);
      expect(await house.ledger('web', 'store')).toHaveLength(2);
    });

    it('not after hours of emptiness', async () => {
      await house.publish();
      house.now += hourMs;
      await house.poll();
      expect(await house.ledger()).toEqual(['1.1.0 withdrawn', '1.0.0 withdrawn']);
      await house.publish(revision('1.0.0'), revision('1.1.0'));
      await expectNothing();
    });

    it('not when a package, or a pipeline, was away for a while', async () => {
      await house.arrange({ packages: {}, pipelines: {} });
      await house.arrange();
      house.now += 60_000;
      await house.poll();
      // What still waited when the pipeline went is dropped, and does not come back with it.
      expect(await house.wishes()).toEqual(['app 1.0.0']);
    });

    it('not when the answer is told afresh after a day', async () => {
      house.now += 25 * hourMs;
      await expectNothing();
      expect((await house.journal()).findLast(({ asked }) => asked)?.asked).toEqual([
        { key: 'web', cursor: false },
      ]);
    });
  });

  describe('rule 3, latest, every and manual', () => {
    beforeEach(async () => {
      await house.arrange({
        pipelines: { app: { web: 'latest' }, each: { web: 'every' }, hand: { web: 'manual' } },
      });
      await house.publish(revision('1.0.0'), revision('2.0.0'));
      expect(await house.wishes()).toEqual(['app 2.0.0', 'each 2.0.0']);
    });

    it('latest takes the highest, every takes each in order of rank, manual nothing', async () => {
      await house.publish(
        ...['1.0.0', '2.0.0', '3.0.0', '1.5.0', '2.5.0'].map((version) => revision(version)),
      );
      expect((await house.wishes()).slice(2)).toEqual([
        'app 3.0.0',
        'each 1.5.0',
        'each 2.5.0',
        'each 3.0.0',
      ]);
      const decisions = await house.decisions();
      expect(decisions).toContain('superseded: 2.5.0: 3.0.0 is newer');
      expect(decisions).toContain('waits: 3.0.0: trigger: manual starts nothing by itself');
    });

    it('a lone backport starts every, and not latest, which never goes down', async () => {
      await house.publish(revision('1.0.0'), revision('1.0.1'), revision('2.0.0'));
      expect((await house.wishes()).slice(2)).toEqual(['each 1.0.1']);
      const reason = 'the pipeline has had a higher one, and trigger: latest never goes down';
      expect(await house.decisions()).toContain(`superseded: 1.0.1: ${reason}`);
    });

    it('latest passes over a newer one that may not start', async () => {
      await house.publish(
        revision('1.0.0'),
        revision('2.0.0'),
        revision('2.1.0'),
        revision('2.2.0', { standing: 'deprecated' }),
      );
      expect((await house.wishes()).slice(2)).toEqual(['app 2.1.0', 'each 2.1.0']);
      expect(await house.decisions()).toContain('refused: 2.2.0 is deprecated, which accept: does not list');
    });
  });

  describe('rule 4, the first look is a baseline', () => {
    const history = ['5.0.0', '5.1.0', '6.0.0'].map((version) => revision(version));

    it('first: none starts nothing, and no backport below it later', async () => {
      await house.arrange({ packages: { web: { first: 'none' } } });
      await house.publish(...history);
      expect(await house.wishes()).toEqual([]);
      await house.publish(...history, revision('5.1.1'));
      expect(await house.wishes()).toEqual([]);
      await house.publish(...history, revision('5.1.1'), revision('6.0.1'));
      expect(await house.wishes()).toEqual(['app 6.0.1']);
    });

    it('tells nobody of what was published before', async () => {
      await house.arrange();
      await house.publish(...history);
      expect(await house.events()).toEqual([]);
      await house.publish(...history, revision('6.0.1', { publishedAt: house.now }));
      expect(await house.events()).toEqual(['artifact.published 6.0.1']);
      expect(house.revisions).toEqual([
        { repository: 'shop', package: 'web', version: '6.0.1', lagSeconds: 60 },
      ]);
    });

    it('an edited selection starts at most the newest, and nothing that is not above what the pipeline has had', async () => {
      const select = (range: string) => ({ packages: { web: { config: { name: 'web', range } } } });
      await house.arrange(select('^5'));
      await house.publish(revision('5.0.0'), revision('5.1.0'));
      await house.arrange(select('^6'));
      await house.publish(revision('6.0.0'), revision('6.1.0'));
      await house.arrange(select('^5'));
      await house.publish(revision('5.0.0'), revision('5.1.0'), revision('5.2.0'));
      expect(await house.wishes()).toEqual(['app 5.1.0', 'app 6.1.0']);
      expect(await house.ledger()).toEqual(
        ['6.1.0', '6.0.0', '5.2.0', '5.1.0', '5.0.0'].map((version) => `${version} published`),
      );
    });

    it('what is not selected any more is not withdrawn', async () => {
      await house.arrange();
      await house.publish(...history);
      await house.arrange({ packages: { web: { config: { name: 'web', range: '^6' } } } });
      for (let hours = 0; hours < 3; hours++) {
        await house.publish(revision('6.0.0'));
        house.now += hourMs;
      }
      expect(await house.ledger()).toEqual(['6.0.0 published', '5.1.0 published', '5.0.0 published']);
    });

    it('a pipeline that begins to listen to a known package gets the newest, though the answer is unchanged', async () => {
      await house.arrange();
      await house.publish(...history);
      await house.arrange({ pipelines: { app: { web: 'latest' }, later: { web: 'every' } } });
      house.now += 60_000;
      await house.poll();
      expect((await house.journal()).findLast(({ asked }) => asked)?.asked).toEqual([
        { key: 'web', cursor: true },
      ]);
      expect(await house.wishes()).toEqual(['app 6.0.0', 'later 6.0.0']);
    });

    it('describes only the one that may start something, and what is new later', async () => {
      await house.arrange();
      await house.publish(...history);
      await house.publish(...history, revision('6.0.1'), revision('5.1.1'));
      expect((await house.journal()).flatMap(({ described }) => (described ? [described] : []))).toEqual([
        ['6.0.0'],
        ['5.1.1', '6.0.1'],
      ]);
    });

    it('describes what is new for those who listened before, though somebody else takes a first look', async () => {
      await house.arrange({ pipelines: { app: { web: 'every' } } });
      await house.publish(...history);
      await house.arrange({ pipelines: { app: { web: 'every' }, later: { web: 'latest' } } });
      await house.publish(...history, revision('5.1.1'), revision('6.0.1'));
      expect((await house.journal()).at(-1)).toEqual({ described: ['5.1.1', '6.0.1'] });
      expect(await house.wishes()).toEqual(['app 6.0.0', 'app 5.1.1', 'app 6.0.1', 'later 6.0.1']);
    });

    it('a first one that is not really there gives way to the next, and starts once it is there', async () => {
      await house.arrange();
      await house.tell({ web: { revisions: history, absent: ['6.0.0'] } });
      expect(await house.wishes()).toEqual(['app 5.1.0']);
      expect(await house.ledger()).toEqual(['5.1.0 published', '5.0.0 published']);
      await house.tell({ web: { revisions: history } });
      expect(await house.wishes()).toEqual(['app 5.1.0', 'app 6.0.0']);
    });

    it('a first one that cannot be described leaves the first look open', async () => {
      await house.arrange();
      const answer = await house.tell({ web: { revisions: history, indescribable: ['6.0.0'] } });
      expect(answer).toMatchObject({ outcome: 'failed', problem: { code: 'UNREACHABLE' } });
      expect(await house.wishes()).toEqual([]);
      await house.tell({ web: { revisions: history } });
      expect(await house.wishes()).toEqual(['app 6.0.0']);
    });
  });

  describe('rule 5, same version, other bytes', () => {
    beforeEach(async () => {
      await house.arrange();
      await house.publish(revision('1.0.0'), revision('2.0.0'));
    });

    it('is republished, starts nothing, and is told', async () => {
      await house.publish(revision('1.0.0'), revision('2.0.0', { bytes: 'other' }));
      expect(await house.ledger()).toEqual(['2.0.0 republished', '1.0.0 published']);
      expect(await house.wishes()).toEqual(['app 2.0.0']);
      expect(await house.events()).toEqual(['artifact.republished 2.0.0']);
      expect((await house.decisions()).at(-1)).toMatch(/^held: 2\.0\.0 was published again with other bytes/);
    });

    it('is not a stronger digest beside the same one, which starts nothing either', async () => {
      const { digests } = revision('2.0.0');
      await house.publish(revision('1.0.0'), {
        version: '2.0.0',
        digests: { ...digests, sha512: 'f'.repeat(128) },
      });
      expect(await house.ledger()).toEqual(['2.0.0 published', '1.0.0 published']);
      await house.arrange({ packages: { web: { config: { name: 'web', range: '*' } } } });
      house.now += 60_000;
      await house.poll();
      expect(await house.wishes()).toEqual(['app 2.0.0']);
    });

    it('a digest that vanishes is a warning, for as long as it is gone', async () => {
      const readWarnings = () =>
        house.store.transact((tx) =>
          tx.db.selectFrom('revision').select('warning').where('version', '=', '2.0.0').execute(),
        );
      await house.publish(revision('1.0.0'), { version: '2.0.0', digests: { sha1: 'a'.repeat(40) } });
      expect(await readWarnings()).toEqual([{ warning: 'The repository no longer tells: sha256' }]);
      expect(await house.ledger()).toEqual(['2.0.0 published', '1.0.0 published']);
      await house.publish(revision('1.0.0'), {
        ...revision('2.0.0'),
        digests: { ...revision('2.0.0').digests, sha1: 'a'.repeat(40) },
      });
      expect(await readWarnings()).toEqual([{ warning: null }]);
    });
  });

  describe('rule 6, withdrawn', () => {
    const three = ['1.0.0', '2.0.0', '3.0.0'].map((version) => revision(version));
    beforeEach(async () => {
      await house.arrange();
      await house.publish(...three);
    });

    it('only when gone from two answers an interval apart, of which the second may say unchanged', async () => {
      await house.publish(...three.slice(1));
      await house.poll();
      expect(await house.ledger()).toEqual(['3.0.0 published', '2.0.0 published', '1.0.0 published']);
      house.now += 60_000;
      await house.poll();
      expect(await house.ledger()).toEqual(['3.0.0 published', '2.0.0 published', '1.0.0 withdrawn']);
      expect(await house.events()).toEqual(['artifact.withdrawn 1.0.0']);
    });

    it('not when it was seen between', async () => {
      await house.publish(...three.slice(1));
      await house.publish(...three);
      await house.publish(...three.slice(1));
      expect(await house.ledger()).toEqual(['3.0.0 published', '2.0.0 published', '1.0.0 published']);
    });

    it('seen again with the same bytes it is published again, and starts nothing', async () => {
      await house.publish(...three.slice(0, 2));
      await house.publish(...three.slice(0, 2));
      expect((await house.ledger())[0]).toBe('3.0.0 withdrawn');
      await house.publish(...three);
      expect((await house.ledger())[0]).toBe('3.0.0 published');
      expect(await house.wishes()).toEqual(['app 3.0.0']);
    });

    it('other bytes that nobody acknowledged stay an alarm over a withdrawal', async () => {
      const [one = revision('1.0.0'), two = revision('2.0.0')] = three;
      await house.publish(one, two, revision('3.0.0', { bytes: 'other' }));
      await house.publish(one, two);
      await house.publish(one, two);
      expect((await house.ledger())[0]).toBe('3.0.0 withdrawn');
      await house.publish(one, two, revision('3.0.0', { bytes: 'other' }));
      expect((await house.ledger())[0]).toBe('3.0.0 republished');
    });

    it.each([
      ['turns empty', []],
      ['loses more than half', three.slice(2)],
    ])('a set that %s is first a problem, and a withdrawal only after an hour', async (_, rest) => {
      expect(await house.publish(...rest)).toMatchObject({
        outcome: 'failed',
        problem: { code: 'NOT_FOUND' },
      });
      for (let minutes = 0; minutes < 59; minutes += 10) {
        house.now += 600_000 - 60_000;
        expect(await house.ledger()).not.toContain('1.0.0 withdrawn');
        await house.publish(...rest);
      }
      house.now += 60_000;
      await house.poll();
      expect(await house.ledger()).toContain('1.0.0 withdrawn');
      expect(await house.poll()).toMatchObject({ outcome: 'ok', problem: undefined });
    });

    it('a repository that keeps only the newest prunes with every publication, which is ordinary', async () => {
      expect(await house.publish(revision('4.0.0'))).toMatchObject({ outcome: 'ok' });
      expect(await house.publish(revision('4.0.0'))).toMatchObject({ outcome: 'ok' });
      expect(await house.ledger()).toEqual([
        '4.0.0 published',
        '3.0.0 withdrawn',
        '2.0.0 withdrawn',
        '1.0.0 withdrawn',
      ]);
      expect(await house.wishes()).toEqual(['app 3.0.0', 'app 4.0.0']);
    });

    it('a standing that is not accepted starts nothing, nor does its end', async () => {
      await house.publish(...three, revision('4.0.0', { standing: 'yanked' }));
      await house.publish(...three, revision('4.0.0', { standing: 'ok' }));
      expect(await house.wishes()).toEqual(['app 3.0.0']);
    });

    it('a standing that is accepted starts', async () => {
      await house.arrange({ packages: { web: { accept: ['deprecated'] } } });
      await house.publish(...three, revision('4.0.0', { standing: 'deprecated' }));
      expect(await house.wishes()).toEqual(['app 3.0.0', 'app 4.0.0']);
    });
  });

  describe('rule 7, a pointer', () => {
    const point = (current: string, ...versions: string[]) =>
      house.tell({ web: { current, revisions: versions.map((version) => revision(version)) } });

    it('starts with each move, backwards too, and withdraws nothing that it does not name', async () => {
      await house.arrange();
      await point('1.0.0', '1.0.0');
      await point('2.0.0', '2.0.0');
      await point('1.0.0', '1.0.0');
      await point('1.0.0', '1.0.0');
      await point('2.0.0', '2.0.0');
      expect(await house.wishes()).toEqual(
        [1, 2, 3, 4].map((move) => `app ${move % 2 ? '1.0.0' : '2.0.0'} move ${move}`),
      );
      house.now += 3 * hourMs;
      await house.poll();
      expect(await house.ledger()).toEqual(['2.0.0 published', '1.0.0 published']);
    });

    it('says nothing of a higher version that it does not name', async () => {
      await house.arrange();
      await point('1.0.0', '1.0.0');
      await point('1.0.0', '1.0.0', '3.0.0');
      expect(await house.wishes()).toEqual(['app 1.0.0 move 1']);
    });

    it('to a version that is not there is a problem, and moves once it is', async () => {
      await house.arrange();
      await point('1.0.0', '1.0.0');
      expect(await point('2.0.0', '1.0.0')).toMatchObject({ problem: { code: 'MALFORMED' } });
      await point('2.0.0', '2.0.0');
      expect(await house.wishes()).toEqual(['app 1.0.0 move 1', 'app 2.0.0 move 2']);
    });

    it('starts nothing where it names what may not start', async () => {
      await house.arrange();
      await point('1.0.0', '1.0.0');
      await house.tell({ web: { current: '2.0.0', revisions: [revision('2.0.0', { standing: 'yanked' })] } });
      expect(await house.wishes()).toEqual(['app 1.0.0 move 1']);
    });
  });

  describe('rule 8, failure', () => {
    it('is shown with its age until the next success, and is no news of versions', async () => {
      const readStatus = async () => (await house.store.transact((tx) => readRepositories(tx, 'shop')))[0];
      await house.arrange();
      expect(await readStatus()).toMatchObject({ status: 'never polled', problem: null });
      await house.publish(revision('1.0.0'));
      expect(await readStatus()).toMatchObject({ status: 'ok', problem: null, lastPoll: house.now });
      await house.shelve({}, { failure: { code: 'UNAUTHORIZED', message: 'who are you' } });
      house.now += 60_000;
      const since = house.now;
      await house.poll();
      house.now += 60_000;
      await house.poll();
      expect(await readStatus()).toMatchObject({
        status: 'failing',
        problem: { code: 'UNAUTHORIZED', message: 'who are you', since },
      });
      expect(await house.ledger()).toEqual(['1.0.0 published']);
      await house.publish(revision('1.0.0'));
      expect(await readStatus()).toMatchObject({ status: 'ok', problem: null });
      expect(await house.events()).toEqual(['repository.failing shop', 'repository.recovered shop']);
    });

    it('of one package leaves the others alone', async () => {
      await house.arrange({
        packages: { web: {}, api: {} },
        pipelines: { app: { web: 'latest' }, two: { api: 'latest' } },
      });
      const problem = { code: 'FORBIDDEN', message: 'not this one' } as const;
      const answer = await house.tell({ web: { revisions: [], problem }, api: [revision('1.0.0')] });
      expect(answer).toMatchObject({ outcome: 'partial', problem });
      expect(await house.wishes()).toEqual(['two 1.0.0']);
    });

    it('of every package is the repository’s', async () => {
      await house.arrange();
      expect(await house.tell({})).toMatchObject({ outcome: 'failed', problem: { code: 'NOT_FOUND' } });
    });
  });
});
