import { randomUUID } from 'node:crypto';
import { isPluginError } from '../errors.ts';
import type { Fields, Settings } from '../fields.ts';
import { createHttp, type HttpClient } from '../http/index.ts';
import type { Call, Cursor, Description, DuePackage, OpenRepository, PackagePlugin } from '../plugin.ts';
import type { Revision } from '../revision.ts';
import { parseSettings, revealSecrets } from '../settings.ts';
import type { PluginCases, RawSettings } from './cases.ts';
import { Evidence } from './evidence.ts';
import { testTime } from './faults.ts';
import type { RecordedRequest } from './faulty-server.ts';
import { applyAnswer, collectPoll, cursorOf, type Polled } from './polled.ts';
import { startRegistry, type TestRegistry } from './registry.ts';
import { markerHeader, watchHttp } from './watched-http.ts';

/** What is asked, if not the usual. */
export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** The repository's cursor. */
  readonly cursor?: Cursor | undefined;
  /** What every exchange may take, in milliseconds, whatever the plugin allows it. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Understands how to put questions to a plugin about a test registry, with the real HTTP client, while
 * somebody watches.
 */
export class Bench implements AsyncDisposable {
  readonly registry: TestRegistry;
  readonly evidence: Evidence;
  readonly #plugin: PackagePlugin;
  readonly #cases: PluginCases;
  readonly #settings: Settings<Fields>;
  readonly #http: HttpClient;
  readonly #marker = randomUUID();

  constructor(plugin: PackagePlugin, cases: PluginCases, registry: TestRegistry) {
    this.registry = registry;
    this.#plugin = plugin;
    this.#cases = cases;
    this.#settings = parseSettings(plugin.repository, cases.repository(registry.origin));
    this.evidence = new Evidence([this.#settings, this.packageSettings()].flatMap(revealSecrets));
    // No back-off is waited for: what a test waits for is the answer.
    const clock = {
      now: () => testTime,
      wait: async (_: number, signal: AbortSignal) => signal.throwIfAborted(),
    };
    this.#http = createHttp({ clock, random: () => 0 });
  }

  /** The repository opened anew, as a restarted server does. */
  open(): OpenRepository {
    const { surroundings } = this.#cases;
    return this.#plugin.open(this.#settings, { environment: {}, directory: process.cwd(), ...surroundings });
  }

  /** A package of the author's settings, or of others. */
  due(key: string, cursor?: Cursor, raw: RawSettings = this.#cases.package): DuePackage {
    return { key, config: this.packageSettings(raw), cursor };
  }

  /** The author's settings of a package, or others, typed. */
  packageSettings(raw: RawSettings = this.#cases.package): Settings<Fields> {
    return parseSettings(this.#plugin.package, raw);
  }

  /** Polls to the end, whatever comes of it. */
  async poll(
    repository: OpenRepository,
    due: readonly DuePackage[],
    options: AskOptions = {},
  ): Promise<Polled> {
    const polled = await collectPoll(due, () =>
      repository.poll(due, { ...this.call(options), cursor: options.cursor }),
    );
    this.evidence.see('answers', [...polled.answers.values()].map(withoutProblem));
    this.evidence.see('answers', polled.repository);
    for (const answer of polled.answers.values())
      if ('problem' in answer) this.evidence.see('errors', answer.problem);
    if (polled.thrown !== undefined) this.evidence.see('errors', polled.thrown);
    return polled;
  }

  /** A poll of one package, with the key `one`; after another such poll, with the cursors that it gave. */
  pollOne(repository: OpenRepository, before?: Polled): Promise<Polled> {
    const cursor = before && cursorOf(before, 'one');
    return this.poll(repository, [this.due('one', cursor)], { cursor: before?.repository });
  }

  /**
   * The revisions that the registry has now, of a repository opened anew. Throws what keeps the plugin from
   * telling them.
   */
  async readRevisions(): Promise<readonly Revision[]> {
    return applyAnswer(await this.pollOne(this.open()), 'one');
  }

  /** What the plugin says of revisions; each as it is where the plugin has nothing to add. */
  async describe(
    repository: OpenRepository,
    revisions: readonly Revision[],
    call: Call,
  ): Promise<readonly Description[]> {
    const described = await repository.describe?.(this.packageSettings(), revisions, call);
    this.evidence.see('answers', described);
    return described ?? revisions;
  }

  /** What a question comes to: `undefined`, or what it threw. */
  async findFailure(ask: (call: Call) => Promise<unknown>, options: AskOptions = {}): Promise<unknown> {
    try {
      await ask(this.call(options));
      return undefined;
    } catch (thrown) {
      this.evidence.see('errors', thrown);
      return thrown;
    }
  }

  /** What a plugin is lent for one question. */
  call({ signal = new AbortController().signal, timeoutMs }: AskOptions = {}): Call {
    const say = (message: string) => this.evidence.see('log and progress', message);
    const log = { debug: say, info: say, warn: say };
    return {
      http: watchHttp(this.#http.forCall({ signal, log }), {
        marker: this.#marker,
        timeoutMs,
        onUrl: (url) => this.evidence.see('URLs', url),
        onHeaders: (headers) => this.evidence.see('headers of its own', headers),
        onCredentials: (credentials) => this.evidence.hideCredentials(credentials),
      }),
      signal,
      log,
      progress: (done, total, unit) => say(`${done} of ${total} ${unit}`),
      secret: (value) => this.evidence.hide(value),
    };
  }

  /** Whether a request came by the client that was lent. */
  isLent(request: RecordedRequest): boolean {
    return request.headers[markerHeader] === this.#marker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http.close();
    await this.registry[Symbol.asyncDispose]();
  }
}

/** Starts a registry of the author's documents and a bench at it. */
export async function setUpBench(plugin: PackagePlugin, cases: PluginCases): Promise<Bench> {
  return new Bench(plugin, cases, await startRegistry(cases));
}

function withoutProblem(answer: object): object {
  return 'problem' in answer && isPluginError(answer.problem)
    ? { ...answer, problem: answer.problem.code }
    : answer;
}
