import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { createApi } from '../../src/api/server.ts';
import type { TokenConfig } from '../../src/config/access.ts';
import type { Config } from '../../src/config/config.ts';
import { appendEvents, type NewEvent } from '../../src/store/events.ts';
import { openScratchStore, type Store } from '../../src/store/store.ts';
import { makeConfig } from '../engine/configs.ts';
import { openHostWithoutPlugins } from '../plugins/host-without-plugins.ts';

/** What a test's configuration changes. */
export type Changes = Partial<Config> & {
  /**
   * Each name with its roles: `alice: ['admin']`; the token is the name. Without it there is no `access:`.
   */
  readonly people?: Readonly<Record<string, readonly string[]>>;
};

/** The API over an empty store, in this process, listening on loopback. */
export interface House {
  readonly api: FastifyInstance;
  readonly url: string;
  readonly store: Store;
  /** Lets another configuration take the place of the one in force. */
  reconfigure(changes: Changes): void;
  /** Asks as somebody, by their token. */
  ask(path: string, as?: string, init?: RequestInit): Promise<Response>;
  tell(event: NewEvent): Promise<void>;
}

/** What a house stands on; a store that is lent is not closed. */
interface Ground {
  readonly now?: () => number;
  readonly store?: Store;
}

/** Opens a house, which is closed after the test. */
export async function openHouse(
  changes: Changes = {},
  { now = Date.now, store: lent }: Ground = {},
): Promise<House> {
  const [store, stopping] = [lent ?? (await openScratchStore()), new AbortController()];
  let generation = begin(changes);
  const host = await openHostWithoutPlugins(generation.config);
  const surroundings = {
    store,
    host: () => host,
    inForce: () => {
      throw new Error('nothing is started here');
    },
    tell() {},
    configuration: () => ({
      ...generation,
      replaced: generation.ended.signal,
      loadedAt: 0,
      refused: undefined,
    }),
    resolve: (template: string) => template,
    reasonsNotReady: async () => [],
    readMetrics: async () => ({ type: 'text/plain', text: '' }),
    now,
    stopping: stopping.signal,
  };
  const api = await createApi(surroundings, pino({ level: 'silent' }));
  const url = await api.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    stopping.abort();
    await api.close();
    if (!lent) await store.close();
  });
  return {
    api,
    url,
    store,
    reconfigure(others) {
      const { ended } = generation;
      generation = begin(others);
      ended.abort();
    },
    ask: (path, as, init = {}) =>
      fetch(url + path, {
        redirect: 'manual',
        ...init,
        headers: { ...(as !== undefined && { authorization: `Bearer ${as}` }), ...init.headers },
      }),
    tell: (event) => store.transact((tx) => appendEvents(tx, [event], Date.now())),
  };
}

function begin({ people, ...changes }: Changes) {
  const tokens = new Map(Object.entries(people ?? {}).map(([name, roles]) => [name, toToken(name, roles)]));
  const config = makeConfig([], { ...changes, access: people && { tokens } });
  return { config, ended: new AbortController() };
}

function toToken(name: string, roles: readonly string[]): TokenConfig {
  return {
    name,
    person: name,
    roles,
    sha256: [createHash('sha256').update(name).digest('hex')],
    expiresAt: undefined,
  };
}
