import { type PackageAnswer, type PollCall, parseSettings, type Surroundings } from '@sluice/plugin-sdk';
import { createHttp } from '@sluice/plugin-sdk/http';
import npm from '../../src/index.ts';

type Raw = Readonly<Record<string, unknown>>;

/** An opened npm repository with a real HTTP client, as core would have it. */
export interface OpenedRepository extends AsyncDisposable {
  /** What was logged, and what was masked. */
  readonly remarks: readonly string[];
  readonly warnings: readonly string[];
  readonly secrets: readonly string[];
  check(): Promise<void>;
  /** Asks for one package. */
  poll(config: Raw, cursor?: string): Promise<PackageAnswer>;
  /** Asks for several at once; answers by name. */
  pollAll(names: readonly string[]): Promise<ReadonlyMap<string, PackageAnswer>>;
}

/** Opens an npm repository with settings as in sluice.yaml. */
export function openRepository(settings: Raw, surroundings: Partial<Surroundings> = {}): OpenedRepository {
  const repository = npm.open(parseSettings(npm.repository, settings), {
    environment: surroundings.environment ?? {},
    directory: surroundings.directory ?? '/',
  });
  const client = createHttp({ clock: { now: Date.now, wait: async () => {} } });
  const remarks: string[] = [];
  const warnings: string[] = [];
  const secrets: string[] = [];
  const info = (message: string) => void remarks.push(message);
  const log = { debug: () => {}, info, warn: (message: string) => void warnings.push(message) };
  const makeCall = (): PollCall => {
    const { signal } = new AbortController();
    const http = client.forCall({ signal, log });
    return {
      http,
      signal,
      log,
      progress: () => {},
      secret: (value) => void secrets.push(value),
      cursor: undefined,
    };
  };
  const ask = async (configs: readonly Raw[], cursor?: string) => {
    const answers = new Map<string, PackageAnswer>();
    const due = configs.map((config) => ({
      key: String(config['name']),
      config: parseSettings(npm.package, config),
      cursor,
    }));
    for await (const answer of repository.poll(due, makeCall()))
      if ('key' in answer) answers.set(answer.key, answer);
    return answers;
  };
  return {
    remarks,
    warnings,
    secrets,
    check: () => repository.check(makeCall()),
    async poll(config, cursor) {
      const [answer] = (await ask([config], cursor)).values();
      if (!answer) throw new Error('no answer');
      return answer;
    },
    pollAll: (names) => ask(names.map((name) => ({ name }))),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The cursor of an answer that has revisions. */
export function cursorOf(answer: PackageAnswer): string {
  if (!('cursor' in answer) || answer.cursor === undefined)
    throw new Error(`no cursor in ${JSON.stringify(answer)}`);
  return answer.cursor;
}

/** The versions of an answer that has revisions. */
export function versionsOf(answer: PackageAnswer): readonly string[] {
  if (!('revisions' in answer)) throw new Error(`no revisions in ${JSON.stringify(answer)}`);
  return answer.revisions.map(({ version }) => version);
}
