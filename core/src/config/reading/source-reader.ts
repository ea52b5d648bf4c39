import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Parsed, Place, Position } from './document.ts';

/** The largest file that is read. */
export const maxFileBytes = 16 * 1024 ** 2;

/** What a file says, and the SHA-256 of its text. */
export interface ReadFile extends Parsed {
  readonly sha256: string;
}

/** What the reading process is asked. */
export type Question =
  | { readonly ask: 'read'; readonly file: string }
  | { readonly ask: 'locate'; readonly file: string; readonly places: readonly Place[] };

interface Answers {
  readonly read: ReadFile;
  readonly locate: readonly Position[];
}

const program = fileURLToPath(new URL(`./reader-process${extname(import.meta.url)}`, import.meta.url));

/**
 * Understands how to read YAML without the server paying for it.
 *
 * The syntax tree of a large file takes 80 times its size and a second of CPU for each megabyte; both are
 * spent in a process that ends when the configuration is loaded, so that a running server neither grows nor
 * stalls when it reloads. It answers one question at a time.
 */
export class SourceReader implements AsyncDisposable {
  readonly #signal: AbortSignal;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(signal: AbortSignal) {
    signal.throwIfAborted();
    this.#signal = signal;
    this.#process = fork(program, {
      env: {},
      execArgv: ['--max-semi-space-size=16'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      signal,
    });
    const end = () => this.#process.kill('SIGKILL');
    // However this process ends: a large file would be read on.
    process.once('exit', end);
    this.#ended = new Promise((resolve) => {
      this.#process.on('exit', () => {
        process.off('exit', end);
        resolve();
      });
      this.#process.on('error', () => resolve());
    });
  }

  /** Reads and parses a file; what is wrong with it is in the answer. */
  read(file: string): Promise<ReadFile> {
    return this.#ask({ ask: 'read', file });
  }

  /** Where places of a file are that was read before. */
  locate(file: string, places: readonly Place[]): Promise<readonly Position[]> {
    return this.#ask({ ask: 'locate', file, places });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  #ask<Q extends Question>(question: Q): Promise<Answers[Q['ask']]> {
    const { promise, resolve, reject } = Promise.withResolvers<Answers[Q['ask']]>();
    this.#process.once('message', (answer: Answers[Q['ask']]) => resolve(answer));
    void this.#ended.then(() => {
      const died = new Error('the process that reads the configuration ended; is there enough memory?');
      reject(this.#signal.aborted ? this.#signal.reason : died);
    });
    this.#process.send(question);
    return promise;
  }
}

/** Whether a message to the reading process is a {@link Question}. */
export function isQuestion(message: unknown): message is Question {
  return typeof message === 'object' && message !== null && 'ask' in message;
}
