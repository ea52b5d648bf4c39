import { isDeepStrictEqual } from 'node:util';
import { PluginError } from '@sluice/plugin-sdk';
import { ProcessEnded } from './ended.ts';
import { pickEnvironment } from './environment.ts';
import { type FoundPlugin, findPlugin } from './find.ts';
import { readManifest } from './manifest.ts';
import { PluginProcess, type ProcessOptions } from './plugin-process.ts';
import type { Manifest } from './protocol.ts';
import { Slots } from './slots.ts';
import { unlessAborted } from './unless-aborted.ts';

/** What every process of a plugin is made with. */
export interface HostedOptions extends Omit<ProcessOptions, 'onFault'> {
  /** Where plugins are looked for by name. */
  readonly configuration: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A process that was asked nothing for so long is ended, in milliseconds. */
  readonly idleMs: number;
  /** Told of every process that ended otherwise than it should. */
  readonly onRestart: (plugin: string, reason: string) => void;
}

/** The most processes of one plugin beside the one that all share. */
const mostApart = 4;
/** The most times that a question is asked again where others ended the process. */
const mostShared = 3;

interface Seat extends AsyncDisposable {
  readonly process: PluginProcess;
  readonly isApart: boolean;
}

/**
 * Understands which process of a plugin answers whom: one for all, and one each for those under suspicion.
 *
 * Where a process ends and nobody can tell why, everyone in flight is asked again in a process of its own;
 * whoever ends that too is the culprit, gets the error, and keeps apart until it succeeds. The others notice
 * nothing.
 */
export class HostedPlugin {
  readonly found: FoundPlugin;
  readonly #options: HostedOptions;
  readonly #apart = new Set<string>();
  readonly #slots = new Slots(mostApart);
  readonly #processes = new Set<PluginProcess>();
  #shared: Promise<PluginProcess> | undefined;
  #manifest: Manifest | undefined;
  #idle: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: HostedOptions) {
    this.found = options.found;
    this.#options = options;
  }

  /**
   * Starts the plugin to learn what it is. Throws {@link PluginError} when it does not fit, or the signal has
   * it closed meanwhile.
   */
  async load(signal?: AbortSignal): Promise<Manifest> {
    const close = () => void this.close();
    signal?.addEventListener('abort', close);
    try {
      if (signal?.aborted) close();
      await this.#share();
    } finally {
      signal?.removeEventListener('abort', close);
    }
    this.#waitForIdle();
    if (this.#manifest === undefined) throw new Error('a plugin that was started has said what it is');
    return this.#manifest;
  }

  /**
   * Has a question answered, whatever it takes: `attempt` is called with a process, again with another one
   * after a fault, and gives `undefined` when there is nothing left to ask. Throws {@link PluginError}, or
   * the signal's reason.
   */
  async *ask<T>(
    asker: string,
    signal: AbortSignal,
    attempt: (process: PluginProcess) => AsyncIterable<T> | undefined,
  ): AsyncGenerator<T, void, undefined> {
    for (let attempts = 0; ; attempts++) {
      await using seat = await this.#seat(asker, signal, attempts);
      const answer = attempt(seat.process);
      if (answer === undefined) return;
      try {
        yield* answer;
        if (seat.isApart) this.#apart.delete(asker);
        return;
      } catch (thrown) {
        if (!(thrown instanceof ProcessEnded)) {
          if (seat.isApart && !seat.process.isEnded) this.#apart.delete(asker);
          throw thrown;
        }
        if (seat.isApart || thrown.blame === 'this') throw new PluginError(thrown.code, thrown.message);
      }
    }
  }

  /** Ends every process. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    await Promise.all([...this.#processes].map((process) => process.end()));
  }

  async #seat(asker: string, signal: AbortSignal, attempts: number): Promise<Seat> {
    if (attempts >= mostShared || this.#apart.has(asker)) return this.#seatApart(signal);
    const process = await unlessAborted(this.#share(), signal);
    return { process, isApart: false, [Symbol.asyncDispose]: async () => this.#waitForIdle() };
  }

  async #seatApart(signal: AbortSignal): Promise<Seat> {
    const slot = await this.#slots.take(signal);
    const starting = this.#start();
    const leave = async () => {
      slot[Symbol.dispose]();
      // One that did not start has nothing to end.
      await starting.then(
        (process) => process.end(),
        () => {},
      );
    };
    try {
      return { process: await unlessAborted(starting, signal), isApart: true, [Symbol.asyncDispose]: leave };
    } catch (thrown) {
      void leave();
      throw thrown;
    }
  }

  async #share(): Promise<PluginProcess> {
    clearTimeout(this.#idle);
    const current = this.#shared;
    const process = await current?.catch(() => undefined);
    if (process && !process.isEnded) return process;
    // Whoever comes first starts it; the others wait for the same one.
    if (this.#shared === undefined || this.#shared === current) this.#shared = this.#start();
    return this.#shared;
  }

  async #start(): Promise<PluginProcess> {
    const { learnSecret, limits, directory, words, environment, configuration } = this.#options;
    const found = await this.#findAgain(configuration);
    if (this.#isClosed) throw new PluginError('PLUGIN_FAILED', 'Sluice is stopping.');
    const process = new PluginProcess({
      found,
      limits,
      directory,
      words,
      learnSecret,
      onFault: (reason, suspects) => this.#hearFault(reason, suspects),
    });
    this.#processes.add(process);
    void process.ended.then(() => this.#processes.delete(process));
    try {
      const manifest = readManifest(await process.manifest, found.source);
      this.#requireSame(manifest);
      process.surround({ directory, environment: pickEnvironment(manifest.environment, environment) });
      return process;
    } catch (thrown) {
      await process.end();
      throw thrown;
    }
  }

  async #findAgain(configuration: string): Promise<FoundPlugin> {
    const { source, version } = this.found;
    if (this.#manifest === undefined) return this.found;
    const found = await findPlugin(source, configuration);
    if (found.version === version) return found;
    throw new PluginError(
      'PLUGIN_FAILED',
      `The plugin at ${source} was ${version} and is ${found.version} now: restart Sluice to use it.`,
    );
  }

  #requireSame(manifest: Manifest): void {
    this.#manifest ??= manifest;
    if (isDeepStrictEqual(manifest, this.#manifest)) return;
    throw new PluginError(
      'PLUGIN_FAILED',
      `The plugin at ${this.found.source} is not what it was: restart Sluice to use it.`,
    );
  }

  #hearFault(reason: string, suspects: readonly string[]): void {
    for (const suspect of suspects) this.#apart.add(suspect);
    this.#options.words.say('warn', reason);
    this.#options.onRestart(this.#options.words.plugin, reason);
  }

  #waitForIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#endIdle(), this.#options.idleMs).unref();
  }

  async #endIdle(): Promise<void> {
    const shared = await this.#shared?.catch(() => undefined);
    if (shared && !shared.isEnded && shared.questions === 0) await shared.end();
  }
}
