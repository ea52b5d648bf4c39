import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createApi } from '../../../src/api/server.ts';
import type { AccessConfig, TokenConfig } from '../../../src/config/access.ts';
import type { Actor } from '../../../src/engine/actor.ts';
import type { Store } from '../../../src/store/store.ts';
import { openHostWithoutPlugins } from '../../plugins/host-without-plugins.ts';
import type { World } from '../world.ts';

/** What the API answers somebody; `refusal` says why nothing was done. */
export interface Answered {
  readonly refusal: string | undefined;
  /** Of the run that was asked for, where one was. */
  readonly counter: number | undefined;
}

/**
 * Where people ask: the API over a world, in this process, each with a token of their own. What they do is in
 * the audit log.
 */
export class Desk {
  readonly #api: FastifyInstance;
  readonly #stopping: AbortController;

  private constructor(api: FastifyInstance, stopping: AbortController) {
    this.#api = api;
    this.#stopping = stopping;
  }

  static async open(world: World, people: readonly Actor[]): Promise<Desk> {
    const stopping = new AbortController();
    const host = await openHostWithoutPlugins(world.config);
    const tokens = toTokens(people);
    const surroundings = {
      store: followStore(world),
      host: () => host,
      inForce: () => world.options(),
      tell() {},
      configuration: () => ({
        config: { ...world.config, access: { tokens } },
        loadedAt: 0,
        refused: undefined,
        replaced: stopping.signal,
      }),
      resolve: (template: string) => template,
      reasonsNotReady: async () => [],
      readMetrics: async () => ({ type: 'text/plain', text: '' }),
      now: Date.now,
      stopping: stopping.signal,
    };
    return new Desk(await createApi(surroundings, pino({ level: 'silent' })), stopping);
  }

  /** Asks `POST /api/v1/pipelines/PATH`. */
  async ask({ name }: Actor, path: string, body: Readonly<Record<string, unknown>> = {}): Promise<Answered> {
    const response = await this.#api.inject({
      method: 'POST',
      url: `/api/v1/pipelines/${path}`,
      body,
      headers: { authorization: `Bearer ${tokenOf(name)}` },
    });
    const { error, counter } = response.json();
    if (response.statusCode >= 500) throw new Error(`POST ${path}: ${response.statusCode} ${response.body}`);
    return { refusal: error?.message, counter };
  }

  /** What a page shows somebody. */
  async see({ name }: Actor, path: string): Promise<string> {
    const headers = { authorization: `Bearer ${tokenOf(name)}`, accept: 'text/html' };
    const { statusCode, body } = await this.#api.inject({ method: 'GET', url: path, headers });
    if (statusCode !== 200) throw new Error(`GET ${path}: ${statusCode} ${body}`);
    return body;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#api.close();
  }
}

/** Whichever store the world has by now. */
function followStore(world: World): Store {
  return {
    kind: world.store.kind,
    transact: (work) => world.store.transact(work),
    read: (work) => world.store.read(work),
    onWake: (topic, listener, signal) => world.store.onWake(topic, listener, signal),
    close: () => world.store.close(),
  };
}

function tokenOf(name: string): string {
  return `the-token-of-${name}`;
}

/** The tokens that people bring to a desk, as a configuration has them. */
export function toTokens(people: readonly Actor[]): AccessConfig['tokens'] {
  return new Map(people.map((one) => [one.name, toToken(one)]));
}

function toToken({ name, person, roles }: Actor): TokenConfig {
  return {
    name,
    person,
    roles,
    sha256: [createHash('sha256').update(tokenOf(name)).digest('hex')],
    expiresAt: undefined,
  };
}
