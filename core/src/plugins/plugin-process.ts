import { PluginError, type Surroundings } from '@sluice/plugin-sdk';
import type { PluginLimits } from '../config/config.ts';
import { cutItems } from './cut-items.ts';
import { Deadline, graceMs, tickMs } from './deadline.ts';
import { ProcessEnded } from './ended.ts';
import { untilExit } from './explain-exit.ts';
import type { FoundPlugin } from './find.ts';
import { Lines } from './lines.ts';
import { watchMemory } from './memory-watch.ts';
import { type Listener, OpenQuestion } from './open-question.ts';
import type { AskOptions } from './plugin-host.ts';
import { readPrinted } from './printed.ts';
import {
  crossing,
  type FromPlugin,
  type Question,
  type QuestionKind,
  type Questions,
  type ToPlugin,
} from './protocol.ts';
import { type SpawnedPlugin, spawnPlugin } from './spawn-plugin.ts';
import type { Words } from './words.ts';

/** What a process of a plugin is made with. */
export interface ProcessOptions {
  readonly found: FoundPlugin;
  readonly limits: PluginLimits;
  /** The directory that the server runs in. */
  readonly directory: string;
  readonly words: Words;
  readonly learnSecret: (value: string) => void;
  /** Told when it ended otherwise than by {@link PluginProcess.end}, with those who may have caused it. */
  readonly onFault: (reason: string, suspects: readonly string[]) => void;
}

/** A question with what it asks about. */
export interface Asked<K extends QuestionKind> {
  readonly question: Question<K>;
  readonly items: readonly Questions[K]['item'][];
  readonly options: Pick<AskOptions, 'signal'> & Listener;
}

/** Why a process was ended by us. */
interface Sentence {
  readonly code: 'PLUGIN_FAILED' | 'TIMEOUT';
  readonly reason: string;
  readonly culprit?: OpenQuestion;
  /** Whether a question ran out of time: where there is only one, that one is to blame. */
  readonly isLate?: boolean;
}

/** How long a module may take to load, at most, in milliseconds. */
const longestLoadMs = 30_000;

/** Understands one process of a plugin: what it was asked, what it said, and when it has to be ended. */
export class PluginProcess {
  /** What the plugin says of itself. Rejects with {@link PluginError} when it cannot be loaded. */
  readonly manifest: Promise<unknown>;
  readonly #options: ProcessOptions;
  readonly #spawned: SpawnedPlugin;
  readonly #lines: Lines;
  readonly #open = new Map<number, OpenQuestion>();
  readonly #loading = Promise.withResolvers<unknown>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #ticker: NodeJS.Timeout;
  #loadDeadline: Deadline | undefined;
  #lastId = 0;
  #sentence: Sentence | undefined;
  #lastWords = '';
  #isEnding = false;

  constructor(options: ProcessOptions) {
    const { found, limits, directory } = options;
    this.#options = options;
    this.manifest = this.#loading.promise;
    // Whoever started it awaits it; a process that ends before then is no unhandled rejection.
    this.manifest.catch(() => {});
    this.#spawned = spawnPlugin(found, limits, directory);
    const { child, channel, printed } = this.#spawned;
    this.#lines = new Lines(channel, {
      receive: (message, characters) => this.#receive(message, characters),
      garbled: (reason) => this.#condemn({ code: 'PLUGIN_FAILED', reason: `sent ${reason}` }),
    });
    // A channel that breaks does so because the process ends; that is told below.
    channel.on('error', () => {});
    for (const stream of printed) readPrinted(stream, (line) => this.#hear(line));
    const loadMs = Math.min(limits.totalMs, longestLoadMs);
    this.#loadDeadline = new Deadline({ silenceMs: loadMs, totalMs: loadMs });
    this.#ticker = setInterval(() => this.#tick(), tickMs);
    const memory =
      child.pid === undefined
        ? undefined
        : watchMemory(child.pid, limits.memoryBytes, () => this.#condemnGreedy());
    void untilExit(child, () => this.#lastWords).then((exit) => {
      memory?.[Symbol.dispose]();
      this.#finish(exit);
    });
  }

  /** Whether it takes no more questions. */
  get isEnded(): boolean {
    return this.#isEnding || this.#sentence !== undefined;
  }

  /** Resolves when it has ended. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** How many are in flight. */
  get questions(): number {
    return this.#open.size;
  }

  /** Gives the plugin what it may know of the machine; only then can it be asked. */
  surround(surroundings: Surroundings): void {
    this.#say({ type: 'surroundings', ...surroundings });
  }

  /**
   * Asks, and gives the parts of the answer as they come. Throws {@link PluginError}, the signal's reason, or
   * {@link ProcessEnded} when the process went away under the question.
   */
  async *ask<K extends QuestionKind>(
    asker: string,
    { question, items, options }: Asked<K>,
  ): AsyncGenerator<Questions[K]['part'], void, undefined> {
    const { signal } = options;
    signal.throwIfAborted();
    if (this.isEnded) throw new ProcessEnded('PLUGIN_FAILED', 'ended before it was asked', 'another');
    const open = new OpenQuestion(++this.#lastId, asker, this.#options.limits, options);
    this.#open.set(open.id, open);
    const leave = () => this.#leave(open, signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    try {
      void this.#put(open, question, items);
      const parts = open.parts((characters) => this.#say({ type: 'credit', id: open.id, characters }));
      // Written by Sluice's own code in the plugin's process, which checked what the plugin said.
      yield* parts as AsyncGenerator<Questions[K]['part'], void, undefined>;
    } finally {
      signal.removeEventListener('abort', leave);
      if (!open.isEnded) this.#leave(open, new Error('nobody reads on'));
    }
  }

  /** Ends it: what is in flight fails; what does not go within the grace is killed. */
  end(): Promise<void> {
    if (!this.#isEnding) {
      this.#isEnding = true;
      const stopping = new PluginError('PLUGIN_FAILED', 'Sluice ended the plugin: it is stopping.');
      this.#loading.reject(stopping);
      for (const open of this.#open.values()) open.giveUp(stopping);
      this.#spawned.channel.destroy();
      setTimeout(() => this.#spawned.child.kill('SIGKILL'), graceMs).unref();
    }
    return this.#ended.promise;
  }

  async #put(open: OpenQuestion, question: object, items: readonly unknown[]): Promise<void> {
    const { id } = open;
    this.#lines.sendText(JSON.stringify({ type: 'question', id, question }));
    for (const piece of cutItems(items)) {
      if (open.isEnded || open.aborted) return;
      this.#lines.sendText(`{"type":"items","id":${id},"items":[${piece}]}`);
      await this.#lines.drained();
    }
    this.#lines.sendText(JSON.stringify({ type: 'go', id } satisfies ToPlugin));
  }

  #leave(open: OpenQuestion, reason: unknown): void {
    open.giveUp(reason);
    this.#abort(open, reason, 'the answer is no longer wanted');
  }

  #abort(open: OpenQuestion, reason: unknown, words: string): void {
    if (open.aborted || !this.#open.has(open.id)) return;
    open.aborted = { reason, heard: false };
    open.deadline.sign();
    this.#say({ type: 'abort', id: open.id, reason: words });
  }

  #receive(message: unknown, characters: number): void {
    if (!isFromPlugin(message)) {
      this.#condemn({ code: 'PLUGIN_FAILED', reason: 'sent a message that is none' });
      return;
    }
    const open = 'id' in message && message.id !== undefined ? this.#open.get(message.id) : undefined;
    if (message.type === 'log') this.#options.words.say(message.level, message.message, open?.asker);
    else if (!('id' in message)) this.#receiveOfProcess(message);
    else if (open) this.#receiveOf(open, message, characters);
  }

  #receiveOfProcess(message: FromPlugin): void {
    const { words, learnSecret } = this.#options;
    if (message.type === 'secret') learnSecret(message.value);
    if (message.type === 'dying')
      this.#sentence ??= {
        code: 'PLUGIN_FAILED',
        reason: `ended by an error that it did not catch: ${message.reason}`,
      };
    if (message.type === 'unfit')
      this.#loading.reject(new PluginError('PLUGIN_FAILED', words.show(message.reason)));
    if (message.type === 'manifest') this.#loading.resolve(message.manifest);
    if (message.type === 'unfit' || message.type === 'manifest') this.#loadDeadline = undefined;
  }

  #receiveOf(open: OpenQuestion, message: FromPlugin, characters: number): void {
    if (message.type === 'part') open.put(message.part, characters);
    if (message.type === 'sign') open.sign(message.progress);
    if (message.type === 'aborting' && open.aborted) {
      open.aborted.heard = true;
      open.deadline.startGrace();
    }
    if (message.type !== 'end' && message.type !== 'failed') return;
    this.#open.delete(open.id);
    if (open.aborted) open.fail(open.aborted.reason, message.traffic);
    else if (message.type === 'end') open.end(message.traffic);
    else open.fail(this.#options.words.toError(message.problem), message.traffic);
  }

  #hear(line: string): void {
    this.#lastWords = `${this.#lastWords}\n${line}`.slice(-crossing.message);
    this.#options.words.say('info', line);
  }

  #tick(): void {
    if (this.#loadDeadline?.tick())
      this.#condemn({ code: 'PLUGIN_FAILED', reason: 'did not finish loading in time' });
    for (const open of this.#open.values()) this.#tickQuestion(open);
  }

  #tickQuestion(open: OpenQuestion): void {
    const { silenceMs, totalMs } = this.#options.limits;
    if (open.isWaitedFor) open.deadline.sign();
    const expired = open.deadline.tick();
    if (expired === undefined) return;
    if (open.aborted) {
      // One that heard has only itself to blame; where it could not even be heard, any of those in flight may
      // hold the process.
      if (open.aborted.heard)
        this.#condemn({ code: 'TIMEOUT', reason: 'did not end when it was told to', culprit: open });
      else
        this.#condemn({
          code: 'PLUGIN_FAILED',
          reason: 'hangs: it neither answers nor listens',
          isLate: true,
        });
      return;
    }
    const words =
      expired === 'total' ? `took more than ${totalMs} ms` : `gave no sign of life for ${silenceMs} ms`;
    this.#abort(open, new PluginError('TIMEOUT', `The plugin ${words} (pluginLimits).`), words);
    open.deadline.startGrace();
  }

  #condemnGreedy(): void {
    const megabytes = Math.floor(this.#options.limits.memoryBytes / 1_048_576);
    this.#condemn({
      code: 'PLUGIN_FAILED',
      reason: `used more than ${megabytes} MB of memory (pluginLimits.memory)`,
    });
  }

  #condemn(sentence: Sentence): void {
    this.#sentence ??= sentence;
    this.#spawned.child.kill('SIGKILL');
  }

  #finish(exit: string): void {
    clearInterval(this.#ticker);
    this.#spawned.channel.destroy();
    if (!this.#isEnding) this.#tellFault(this.#sentence ?? { code: 'PLUGIN_FAILED', reason: exit });
    this.#isEnding = true;
    this.#open.clear();
    this.#ended.resolve();
  }

  #tellFault({ code, reason, culprit, isLate }: Sentence): void {
    const message = this.#options.words.show(`The plugin ${reason}.`);
    this.#loading.reject(new PluginError(code, message));
    const open = [...this.#open.values()];
    const blamed = culprit ?? (isLate && open.length === 1 ? open[0] : undefined);
    for (const one of open) {
      const blame = blamed === undefined ? 'unknown' : blamed === one ? 'this' : 'another';
      one.fail(new ProcessEnded(code, message, blame));
    }
    this.#options.onFault(
      message,
      (blamed ? [blamed] : open).map(({ asker }) => asker),
    );
  }

  #say(message: ToPlugin): void {
    this.#lines.send(message);
  }
}

function isFromPlugin(message: unknown): message is FromPlugin {
  return (
    typeof message === 'object' && message !== null && 'type' in message && typeof message.type === 'string'
  );
}
