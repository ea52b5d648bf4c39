import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createRunTarget, type RunTarget, type RunTargetOptions } from '../../src/targets/run/run-target.ts';
import type { Following } from '../../src/targets/target.ts';
import { nothingElsewhere } from './elsewhere.ts';

/** A directory that goes when the test has finished. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-run-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function makeTarget(
  options: Partial<RunTargetOptions> = {},
): RunTarget & { readonly directory: string } {
  const directory = options.directory ?? makeDirectory();
  return { ...createRunTarget({ directory, now: Date.now, ...options }), directory };
}

/** A log that a job is followed into. */
export interface Log extends Following {
  readonly writes: readonly { readonly text: string; readonly offset: number }[];
  readonly text: string;
  readonly detaching: AbortController;
  readonly cancelling: AbortController;
}

export function makeLog(offset = 0): Log {
  const writes: { text: string; offset: number }[] = [];
  const detaching = new AbortController();
  const cancelling = new AbortController();
  return {
    offset,
    writes,
    detaching,
    cancelling,
    detach: detaching.signal,
    cancel: cancelling.signal,
    elsewhere: nothingElsewhere,
    async write(text, at) {
      writes.push({ text, offset: at });
    },
    get text() {
      return writes.map((write) => write.text).join('');
    },
  };
}
