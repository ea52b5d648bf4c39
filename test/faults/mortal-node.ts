// A node that performs what a store has for it, in a process that can be killed: quicker to start than a
// whole server.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineConfig } from '../../core/src/config/config.ts';
import { performAttempts } from '../../core/src/engine/jobs/perform-attempts.ts';
import { countOpenAttempts } from '../../core/src/store/attempts.ts';
import { readCallbackKey } from '../../core/src/store/callback-keys.ts';
import { releaseAll } from '../../core/src/store/leases.ts';
import { openStore, type Store } from '../../core/src/store/store.ts';
import { countWaitingTriggers } from '../../core/src/store/triggers.ts';
import { createRemoteTarget } from '../../core/src/targets/remote/remote-target.ts';
import { createRunTarget } from '../../core/src/targets/run/run-target.ts';
import { createWebhookTarget } from '../../core/src/targets/webhook/webhook-target.ts';
import { makeConfig, secretFields } from '../../core/test/engine/configs.ts';

/** What such a node is started with. */
export interface MortalOptions {
  readonly url: string;
  readonly pipelines: readonly PipelineConfig[];
  readonly directory: string;
  /** A file of milliseconds by which the clock is ahead: whoever sleeps moves it. */
  readonly clock: string;
  /** At which of its transactions the process ends, without another word; never, where it is left out. */
  readonly death?: { readonly transaction: number; readonly committed: boolean };
}

/** What the clock shows. */
export function readClock(file: string): number {
  return Date.now() + Number(readFileSync(file, 'utf8'));
}

/** In one step, since another process reads it meanwhile, and this one may be killed. */
function moveClock(file: string, ms: number): void {
  writeFileSync(`${file}.next`, String(Number(readFileSync(file, 'utf8')) + Math.ceil(ms)));
  renameSync(`${file}.next`, file);
}

/** Performs until nothing is left to do. */
async function live({ url, pipelines, directory, clock, death }: MortalOptions): Promise<void> {
  const now = () => readClock(clock);
  const sleep = async (ms: number, signal: AbortSignal) => {
    signal.throwIfAborted();
    moveClock(clock, ms);
    await new Promise(setImmediate);
  };
  const store = await openStore(url, { now, random: Math.random });
  await store.transact((tx) => releaseAll(tx, 'one'));
  const config = makeConfig(pipelines);
  const common = { resolve: (template: string) => template, config: () => config, now, random: Math.random };
  const calendar = { findNext: () => undefined, findLast: () => undefined };
  const stopping = new AbortController();
  const performing = performAttempts(
    {
      ...common,
      store: death ? dieIn(store, death) : store,
      node: 'one',
      inForce: () => ({ config, secretFields, calendar, now: now() }),
      server: {},
      targets: {
        run: createRunTarget({ directory: join(directory, 'jobs'), now }),
        webhook: createWebhookTarget(common),
        remote: createRemoteTarget({ ...common, sleep }),
      },
      address: () => 'http://127.0.0.1',
      callbackKey: readCallbackKey(join(directory, 'callback-key.pem')),
      freeBytes: async () => 1,
      observer: { onRun() {}, onJob() {}, onProblem: (what, error) => console.error(what, error) },
    },
    stopping.signal,
  );
  while (!(await isIdle(store))) await new Promise((resolve) => setTimeout(resolve, 20));
  stopping.abort();
  await performing;
  await store.close();
}

async function isIdle(store: Store): Promise<boolean> {
  return store.transact(async (tx) => {
    const { due, started } = await countOpenAttempts(tx);
    return due + started + (await countWaitingTriggers(tx)) === 0;
  });
}

function dieIn(store: Store, { transaction, committed }: NonNullable<MortalOptions['death']>): Store {
  let count = 0;
  return {
    ...store,
    async transact(work) {
      const isLast = ++count === transaction;
      const die = () => process.kill(process.pid, 'SIGKILL');
      const done = await store.transact(async (tx) => {
        const result = await work(tx);
        if (isLast && !committed) die();
        return result;
      });
      if (isLast) die();
      return done;
    },
  };
}

if (process.argv[1] === import.meta.filename) await live(JSON.parse(process.argv[2] ?? ''));
