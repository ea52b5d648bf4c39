import {
  type PackageAnswer,
  type PollCall,
  parseSettings,
  type RepositoryAnswer,
  type Revision,
} from '@sluice/plugin-sdk';
import { createHttp } from '@sluice/plugin-sdk/http';
import yum from '../../src/index.ts';

type Raw = Readonly<Record<string, unknown>>;

/** A poll that came to its end. */
export interface Polled {
  /** By spec. */
  readonly answers: ReadonlyMap<string, PackageAnswer>;
  readonly repository: RepositoryAnswer['repository'] | undefined;
}

/**
 * An opened rpm repository with a real HTTP client, as core would have it; it gets back the cursors that it
 * gives.
 */
export interface OpenedRepository extends AsyncDisposable {
  readonly log: readonly string[];
  check(): Promise<void>;
  /** Polls with the cursors of the last poll; or without any. */
  poll(specs: readonly string[], cursors?: 'with cursors' | 'without cursors'): Promise<Polled>;
}

/** Opens an rpm repository with settings as in sluice.yaml. */
export function openRepository(settings: Raw): OpenedRepository {
  const repository = yum.open(parseSettings(yum.repository, settings), { environment: {}, directory: '/' });
  const client = createHttp({ clock: { now: Date.now, wait: async () => {} } });
  const log: string[] = [];
  const cursors = new Map<string, string>();
  let repositoryCursor: string | undefined;
  const say = (message: string) => void log.push(message);
  const logger = { debug: say, info: say, warn: say };
  const makeCall = (cursor?: string): PollCall => {
    const { signal } = new AbortController();
    return {
      http: client.forCall({ signal, log: logger }),
      signal,
      log: logger,
      progress: () => {},
      secret: () => {},
      cursor,
    };
  };
  return {
    log,
    check: () => repository.check(makeCall()),
    async poll(specs, kept = 'with cursors') {
      if (kept === 'without cursors') cursors.clear();
      const due = specs.map((spec) => ({
        key: spec,
        config: parseSettings(yum.package, { spec }),
        cursor: cursors.get(spec),
      }));
      const answers = new Map<string, PackageAnswer>();
      let told: RepositoryAnswer['repository'] | undefined;
      for await (const answer of repository.poll(
        due,
        makeCall(kept === 'with cursors' ? repositoryCursor : undefined),
      )) {
        if ('repository' in answer) told = answer.repository;
        else answers.set(answer.key, answer);
        if ('key' in answer && 'cursor' in answer && answer.cursor !== undefined)
          cursors.set(answer.key, answer.cursor);
      }
      repositoryCursor = told?.cursor ?? repositoryCursor;
      return { answers, repository: told };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The revisions of a spec. Throws what stands in their place. */
export function revisionsOf({ answers }: Polled, spec: string): readonly Revision[] {
  const answer = answers.get(spec);
  if (answer && 'revisions' in answer) return answer.revisions;
  throw answer && 'problem' in answer
    ? answer.problem
    : new Error(`${spec} was answered with ${JSON.stringify(answer)}`);
}

/** The versions of a spec, as text order has them. */
export function versionsOf(polled: Polled, spec: string): readonly string[] {
  return revisionsOf(polled, spec)
    .map(({ version }) => version)
    .toSorted();
}
