import { existsSync, type FSWatcher, watch } from 'node:fs';
import { basename, dirname, join, matchesGlob, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from './config.ts';
import { ConfigError, type ConfigProblem, type ReadFrom } from './problem.ts';

/** What a watch does. */
export interface WatchOptions {
  /** The configuration that runs. */
  readonly config: Config;
  /** Loads it anew; see {@link loadConfig}. */
  readonly load: () => Promise<Config>;
  /** A configuration that differs from the one before, or that follows an invalid one, or was asked for. */
  readonly onLoaded: (config: Config) => void;
  /** The files are invalid; the configuration that runs stays. */
  readonly onProblems: (problems: readonly ConfigProblem[]) => void;
  /** Something else went wrong, such as a directory that cannot be watched. */
  readonly onError: (error: unknown) => void;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** How long files must be left alone before they are read, in milliseconds; default 300. */
  readonly quietMs?: number;
}

/** Follows the files of a configuration until the signal aborts, and loads it anew when they change. */
export function watchConfig(options: WatchOptions): ConfigWatch {
  return new ConfigWatch(options);
}

/**
 * Understands when to load the configuration again.
 *
 * Directories are watched, not files, so that editors which replace a file, links that are switched (as
 * Kubernetes does) and files that newly match an `include:` are seen. One load runs at a time; what changes
 * meanwhile causes one more.
 */
class ConfigWatch {
  readonly #options: WatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  #hash: string;
  /** Of the last attempt: the mistake may be in a file that the configuration which runs does not have. */
  #readFrom: ReadFrom;
  /** What was told last to be wrong, while something is. */
  #problems: string | undefined;
  #changes = 0;
  #following: Promise<void> | undefined;
  #loading: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#hash = options.config.hash;
    this.#readFrom = options.config;
    options.signal.addEventListener('abort', () => this.#unwatch(), { once: true });
    this.#watch();
  }

  /**
   * Loads now, as SIGHUP asks for, and tells the outcome even if nothing changed. Resolves when it is told.
   */
  reload(): Promise<void> {
    return this.#load(true);
  }

  /** Until nothing is being loaded. */
  settled(): Promise<void> {
    return this.#loading;
  }

  /** Watches the directories that matter now, and answers whether one of them is new. */
  #watch(): boolean {
    if (this.#options.signal.aborted) return false;
    const wanted = listDirectories(this.#readFrom);
    for (const [directory, watcher] of this.#watchers) {
      if (wanted.has(directory)) continue;
      watcher.close();
      this.#watchers.delete(directory);
    }
    const fresh = [...wanted].filter(([directory]) => !this.#watchers.has(directory));
    for (const [directory, recursive] of fresh) this.#watchDirectory(directory, recursive);
    return fresh.length > 0;
  }

  #watchDirectory(directory: string, recursive: boolean): void {
    try {
      const watcher = watch(directory, { recursive, persistent: false }, (_, name) =>
        this.#notice(directory, name),
      );
      watcher.on('error', (error) => {
        watcher.close();
        this.#watchers.delete(directory);
        this.#options.onError(error);
      });
      this.#watchers.set(directory, watcher);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #unwatch(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #notice(directory: string, name: string | null): void {
    if (name === null || this.#concerns(join(directory, name))) this.#follow();
  }

  #follow(): void {
    this.#changes++;
    this.#following ??= this.#followChanges().finally(() => {
      this.#following = undefined;
    });
  }

  /** The store and the logs may lie beside the configuration: their changes are none of ours. */
  #concerns(path: string): boolean {
    const { files, include } = this.#readFrom;
    const isParent = include.some((pattern) => pattern.startsWith(`${path}/`));
    return (
      isParent ||
      basename(path) === '..data' ||
      files.includes(path) ||
      include.some((pattern) => matchesGlob(path, pattern))
    );
  }

  async #followChanges(): Promise<void> {
    const { signal, quietMs = 300 } = this.#options;
    try {
      for (let seen = 0; seen !== this.#changes; ) {
        seen = this.#changes;
        await delay(quietMs, undefined, { signal });
        if (seen === this.#changes) await this.#load(false);
      }
    } catch (error) {
      if (!signal.aborted) this.#options.onError(error);
    }
  }

  #load(tellAnyway: boolean): Promise<void> {
    this.#loading = this.#loading.then(() => this.#loadNow(tellAnyway));
    return this.#loading;
  }

  async #loadNow(tellAnyway: boolean): Promise<void> {
    const { load, onLoaded, onProblems, onError, signal } = this.#options;
    if (signal.aborted) return;
    try {
      const config = await load();
      const isNews = tellAnyway || this.#problems !== undefined || config.hash !== this.#hash;
      this.#problems = undefined;
      this.#hash = config.hash;
      this.#readFrom = config;
      // What changed in a new directory before it was watched nobody has seen.
      if (this.#watch()) this.#follow();
      if (isNews) onLoaded(config);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ConfigError)) return onError(error);
      const isNews = tellAnyway || error.message !== this.#problems;
      this.#problems = error.message;
      this.#readFrom = error.readFrom;
      if (this.#watch()) this.#follow();
      if (isNews) onProblems(error.problems);
    }
  }
}

export type { ConfigWatch };

/**
 * The directories in which a change may concern the configuration, and whether what is below them counts too.
 */
function listDirectories({ files, include }: ReadFrom): ReadonlyMap<string, boolean> {
  const directories = new Map(files.map((file) => [dirname(file), false]));
  for (const pattern of include) {
    const steps = pattern.split('/');
    const wild = steps.findIndex((step) => /[*?[{]/.test(step));
    const fixed = resolve('/', ...steps.slice(0, wild < 0 ? -1 : wild));
    const isDeep = wild >= 0 && wild < steps.length - 1;
    const existing = findExisting(fixed);
    directories.set(existing, directories.get(existing) === true || (isDeep && existing === fixed));
  }
  return directories;
}

function findExisting(directory: string): string {
  return existsSync(directory) ? directory : findExisting(dirname(directory));
}
