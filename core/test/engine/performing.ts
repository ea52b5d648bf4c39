import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { type PerformOptions, performAttempts } from '../../src/engine/jobs/perform-attempts.ts';
import type { PipelineObserver } from '../../src/engine/observer.ts';
import { readCallbackKey } from '../../src/store/callback-keys.ts';
import { readJobLog } from '../../src/store/logs.ts';
import { createRemoteTarget } from '../../src/targets/remote/remote-target.ts';
import { createRunTarget } from '../../src/targets/run/run-target.ts';
import { createWebhookTarget } from '../../src/targets/webhook/webhook-target.ts';
import { makeConfig } from './configs.ts';
import type { World } from './world.ts';

/** What an observer was told. */
export interface Told extends PipelineObserver {
  readonly lines: readonly string[];
  readonly problems: readonly unknown[];
}

function makeObserver(): Told {
  const lines: string[] = [];
  const problems: unknown[] = [];
  return {
    lines,
    problems,
    onRun: ({ pipeline, counter, status }) => void lines.push(`run ${pipeline}/${counter} ${status}`),
    onJob: ({ pipeline, counter, stage, job, status }) =>
      void lines.push(`job ${pipeline}/${counter}/${stage}/${job} ${status}`),
    onProblem: (what, error) => void problems.push([what, error]),
  };
}

/** A node's performer that runs until it is stopped, or the world is closed. */
export interface Performing {
  readonly told: Told;
  stop(): Promise<void>;
}

/** The disk of a node, and the file that its jobs write to. */
export class Disk {
  readonly directory = mkdtempSync(join(tmpdir(), 'sluice-perform-'));
  readonly done = join(this.directory, 'done');

  constructor() {
    onTestFinished(() => rmSync(this.directory, { recursive: true, force: true }));
  }

  /** The lines that jobs wrote. */
  lines(): readonly string[] {
    try {
      return readFileSync(this.done, 'utf8').split('\n').slice(0, -1);
    } catch {
      return [];
    }
  }

  path(name: string): string {
    return join(this.directory, name);
  }
}

/**
 * Lets a node perform what the store of a world has for it; commands get `DONE`, the file of lines, and
 * `DISK`.
 */
export function perform(world: World, disk: Disk, changes: Partial<PerformOptions> = {}): Performing {
  const stopping = new AbortController();
  const told = makeObserver();
  const { store } = world;
  const ended = performAttempts(
    {
      store,
      node: world.node,
      inForce: () => ({ ...world.options(), now: Date.now() }),
      resolve: (template, learn) => {
        if (!template.includes('${env:TOKEN}')) return template;
        learn('s3cret-token');
        return template.replaceAll('${env:TOKEN}', 's3cret-token');
      },
      server: { PATH: process.env['PATH'] },
      targets: makeTargets(disk),
      address: () => 'http://127.0.0.1:8153',
      callbackKey: readCallbackKey(disk.path('callback-key.pem')),
      freeBytes: async () => 1,
      now: Date.now,
      random: Math.random,
      observer: told,
      ...changes,
    },
    stopping.signal,
  );
  const stop = async () => {
    stopping.abort();
    await ended;
  };
  world.beforeClose(stop);
  return { told, stop };
}

export function makeTargets(disk: Disk) {
  const common = {
    resolve: (template: string) => template,
    config: () => makeConfig([]),
    now: Date.now,
    random: Math.random,
  };
  return {
    run: createRunTarget({ directory: disk.path('jobs'), now: Date.now, graceMs: 1_000 }),
    webhook: createWebhookTarget({ ...common, firstPauseMs: 10 }),
    remote: createRemoteTarget(common),
  };
}

/** Waits until a run of `p` has ended, and answers it. */
export function untilEnded(world: World, counter = 1) {
  return until(async () =>
    (await world.runs()).find((run) => run.counter === counter && run.finishedAt !== null),
  );
}

export async function readLog(world: World, counter = 1, stage = 'build', job = 'work'): Promise<string> {
  const part = await world.store.transact((tx) => readJobLog(tx, { pipeline: 'p', counter, stage, job }));
  return part?.text ?? '';
}
