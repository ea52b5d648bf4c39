import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { ConfigurationStatus } from '../../api/surroundings.ts';
import type { Config } from '../../config/config.ts';
import { describeNotListenedTo } from '../../config/not-listened-to.ts';
import { type ConfigProblem, formatProblem } from '../../config/problem.ts';
import { type ConfigWatch, watchConfig } from '../../config/watch-config.ts';
import { appendAudit } from '../../store/audit.ts';
import { findStoreBackOff } from '../../store/back-off.ts';
import { appendEvents } from '../../store/events.ts';
import { StoreUnreachable } from '../../store/unreachable.ts';
import { auditConfiguration } from './audit-configuration.ts';
import { beginGeneration, type Generation, type GenerationSurroundings, type Loaded } from './generation.ts';

/** How many of what is wrong the audit log keeps. */
const problemsAudited = 20;

/** What governing needs. */
export interface GovernanceOptions extends GenerationSurroundings {
  readonly log: Logger;
  /** Aborts when the server stops. */
  readonly stopping: AbortSignal;
  /** Reads the files anew and starts their plugins. Throws `ConfigError`. */
  readonly load: () => Promise<Loaded>;
}

/**
 * Understands which configuration is in force, and lets another take its place when the files change; one
 * that is invalid never does.
 */
export class Governance {
  readonly #options: GovernanceOptions;
  #generation: Generation | undefined;
  #refused: ConfigurationStatus['refused'];
  #replaced = new AbortController();
  /** Loaded, and not in force yet. */
  #next: Loaded | undefined;
  #changing: Promise<void> = Promise.resolve();
  #watch: ConfigWatch | undefined;
  #ended: Promise<void> | undefined;

  constructor(options: GovernanceOptions) {
    this.#options = options;
  }

  /** Brings the first configuration into force. */
  async begin(loaded: Loaded): Promise<void> {
    this.#generation = await beginGeneration(loaded, this.#options);
    this.#warnOf(loaded.config);
  }

  /** The configuration in force. Throws before there is one. */
  generation(): Generation {
    if (!this.#generation) throw new Error('no configuration is in force yet');
    return this.#generation;
  }

  config(): Config {
    return this.generation().config;
  }

  status(): ConfigurationStatus {
    const { config, loadedAt } = this.generation();
    return { config, loadedAt, refused: this.#refused, replaced: this.#replaced.signal };
  }

  /**
   * Follows the files, and SIGHUP, until the server stops; then it ends at once, and {@link Governance.end}
   * tells when it has.
   */
  follow(): void {
    const { load, observer, stopping: signal } = this.#options;
    const watch = watchConfig({
      config: this.config(),
      load: async () => {
        const next = await load();
        await this.#next?.host.close();
        this.#next = next;
        return next.config;
      },
      onLoaded: () => this.#change(() => this.#succeed()),
      onProblems: (problems) => this.#change(() => this.#refuse(problems)),
      onError: (error) => observer.onProblem('the configuration cannot be followed', error),
      signal,
    });
    this.#watch = watch;
    const reload = () => void watch.reload();
    process.on('SIGHUP', reload);
    const stop = () => {
      process.off('SIGHUP', reload);
      this.end().catch((error: unknown) =>
        observer.onProblem('the configuration cannot be brought to an end', error),
      );
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  }

  /** Ends the generation in force, and what was to follow it. */
  end(): Promise<void> {
    this.#ended ??= this.#endAll();
    return this.#ended;
  }

  async #endAll(): Promise<void> {
    const settle = async () => {
      // What is being loaded is given up, and its plugins are ended.
      await this.#watch?.settled();
      await this.#changing;
      await this.#next?.host.close();
    };
    await Promise.all([settle(), this.#generation?.end()]);
    await this.#generation?.end();
  }

  /** One change at a time, in their order. */
  #change(change: () => Promise<void>): void {
    const { observer, stopping } = this.#options;
    const report = (error: unknown) => {
      if (!stopping.aborted) observer.onProblem('the configuration cannot be changed', error);
    };
    this.#changing = this.#changing.then(change).catch(report);
  }

  async #succeed(): Promise<void> {
    const loaded = this.#next;
    this.#next = undefined;
    if (!loaded) return;
    const { log } = this.#options;
    const before = this.config();
    await this.generation().end();
    this.#generation = await this.#beginAtLast(loaded);
    this.#refused = undefined;
    const replaced = this.#replaced;
    this.#replaced = new AbortController();
    replaced.abort();
    log.info(`${loaded.config.file} was loaded again and is in force`);
    this.#warnOf(loaded.config);
    const late = (['server', 'store'] as const).filter(
      (key) => !isDeepStrictEqual(before[key], loaded.config[key]),
    );
    if (late.length > 0) log.warn(`what changed under ${late.join(': and ')}: is in force after a restart`);
  }

  /** The one before has ended: where the store is away, this one begins when it is back. */
  async #beginAtLast(loaded: Loaded): Promise<Generation> {
    const { observer, random, stopping } = this.#options;
    await using closing = new AsyncDisposableStack();
    closing.defer(() => loaded.host.close());
    for (let failures = 1; ; failures++) {
      stopping.throwIfAborted();
      try {
        const generation = await beginGeneration(loaded, this.#options);
        closing.move();
        return generation;
      } catch (error) {
        if (!(error instanceof StoreUnreachable)) throw error;
        observer.onProblem('the configuration cannot come into force yet', error);
        await wait(findStoreBackOff(failures, random), undefined, { signal: stopping }).catch(() => {});
      }
    }
  }

  /** Says what is valid, and hardly meant. */
  #warnOf(config: Config): void {
    for (const sentence of describeNotListenedTo(config)) this.#options.log.warn(sentence);
  }

  async #refuse(problems: readonly ConfigProblem[]): Promise<void> {
    const { store, log, now } = this.#options;
    const sentences = problems.map(formatProblem);
    this.#refused = { at: now(), problems: sentences };
    log.error(`the configuration is invalid, the one before runs on:\n${sentences.join('\n')}`);
    const event = {
      type: 'configuration.refused',
      subject: this.config().hash,
      data: { problems: sentences },
    } as const;
    const audit = auditConfiguration('configuration.refused', this.config(), {
      problems: sentences.slice(0, problemsAudited),
    });
    await store.transact(async (tx) => {
      await appendAudit(tx, audit, now());
      await appendEvents(tx, [event], now());
    });
  }
}
