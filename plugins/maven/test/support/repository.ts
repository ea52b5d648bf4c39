import {
  type Description,
  type PackageAnswer,
  type PollCall,
  parseSettings,
  type Revision,
  type Surroundings,
} from '@sluice/plugin-sdk';
import { createHttp } from '@sluice/plugin-sdk/http';
import maven from '../../src/index.ts';

type Raw = Readonly<Record<string, unknown>>;

/** An opened Maven repository with a real HTTP client, as core would have it. */
export interface OpenedRepository extends AsyncDisposable {
  /** What was said for the operator, and what was masked. */
  readonly remarks: readonly string[];
  readonly secrets: readonly string[];
  check(): Promise<void>;
  /** Asks for one artifact; `com.acme:left-pad` unless told otherwise. */
  poll(config?: Raw, cursor?: string): Promise<PackageAnswer>;
  describe(config: Raw, versions: readonly string[]): Promise<readonly Description[]>;
}

/** The artifact that the tests ask for. */
export const leftPad = { groupId: 'com.acme', artifactId: 'left-pad' } as const;

/** Opens a Maven repository with settings as in sluice.yaml. */
export function openRepository(settings: Raw, surroundings: Partial<Surroundings> = {}): OpenedRepository {
  const repository = maven.open(parseSettings(maven.repository, settings), {
    environment: {},
    directory: '/',
    ...surroundings,
  });
  const client = createHttp({ clock: { now: Date.now, wait: async () => {} } });
  const remarks: string[] = [];
  const secrets: string[] = [];
  const log = { debug: () => {}, info: (message: string) => void remarks.push(message), warn: () => {} };
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
  const parse = (config: Raw) => parseSettings(maven.package, { ...leftPad, ...config });
  return {
    remarks,
    secrets,
    check: () => repository.check(makeCall()),
    async poll(config = {}, cursor) {
      for await (const answer of repository.poll(
        [{ key: 'one', config: parse(config), cursor }],
        makeCall(),
      )) {
        if ('key' in answer) return answer;
      }
      throw new Error('no answer');
    },
    async describe(config, versions) {
      const revisions: readonly Revision[] = versions.map((version) => ({ version }));
      return (await repository.describe?.(parse(config), revisions, makeCall())) ?? [];
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The cursor of an answer that has one. */
export function cursorOf(answer: PackageAnswer): string {
  if (!('cursor' in answer) || answer.cursor === undefined)
    throw new Error(`no cursor in ${JSON.stringify(answer)}`);
  return answer.cursor;
}

/** The versions that an answer tells, added or whole. */
export function versionsOf(answer: PackageAnswer): readonly string[] {
  if ('problem' in answer) throw answer.problem;
  if ('unchanged' in answer) throw new Error('unchanged');
  return ('revisions' in answer ? answer.revisions : answer.added).map(({ version }) => version);
}
