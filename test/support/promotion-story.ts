import { createHash } from 'node:crypto';
import { type ScriptedRegistry, startScriptedRegistry } from './scripted-registry.ts';
import { openWorkplace, type Server, type Workplace } from './sluice.ts';
import { until } from './until.ts';

/** The people of the stories; `quill` is a second token of quinn's. */
const people = {
  root: { roles: ['admin'] },
  ada: { roles: ['operator'] },
  quinn: { roles: ['viewer', 'qa'] },
  quill: { roles: ['viewer', 'qa'], person: 'quinn' },
  quentin: { roles: ['viewer', 'qa'] },
  victor: { roles: ['viewer'] },
} as const;

export type Person = keyof typeof people;

/** A run as the API answers it, as far as the stories look at it. */
export interface AnsweredRun {
  readonly counter: number;
  readonly label: string;
  readonly cause: string;
  readonly status: string;
  readonly materials: readonly Readonly<Record<string, unknown>>[];
  readonly stages: readonly {
    readonly name: string;
    readonly counter: number;
    readonly status: string;
    readonly held: boolean;
    readonly startedAt: string | null;
    readonly finishedAt: string | null;
    readonly approvals: readonly Readonly<Record<string, unknown>>[];
    readonly jobs: readonly { readonly name: string; readonly status: string }[];
  }[];
}

interface Decided {
  readonly outcome: string;
  readonly reason: string;
}

/** What `npmjs` is in a story. */
export interface PromotionOptions {
  /**
   * Its packages by name, each a range of the versions of the registry's one package; `web`, all of them,
   * unless told.
   */
  readonly packages?: Readonly<Record<string, string>>;
  /** When it is polled, as YAML flow; only on request unless told. */
  readonly poll?: string;
}

/** A server with people, a registry of one package (`npmjs/web`), and the pipelines of a story. */
export interface PromotionStory {
  readonly place: Workplace;
  readonly registry: ScriptedRegistry;
  server(): Server;
  ask<T = unknown>(as: Person, path: string): Promise<{ readonly status: number; readonly body: T }>;
  post<T = unknown>(
    as: Person,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: T }>;
  /** Publishes versions, and polls once. */
  publish(...versions: readonly string[]): Promise<void>;
  /** Waits until a run is as it should be, and answers it. */
  untilRun(pipeline: string, counter: number, is: (run: AnsweredRun) => boolean): Promise<AnsweredRun>;
  /** The decisions of a pipeline as `outcome: reason`, newest first. */
  decisions(pipeline: string): Promise<readonly string[]>;
  /** Waits until a pipeline has decided so. */
  untilDecided(pipeline: string, decision: string): Promise<void>;
  /** Kills the server and starts it again. */
  restart(): Promise<void>;
  end(): Promise<void>;
}

/** The token of somebody, as the example in docs/ has them. */
export function tokenOf(person: string): string {
  return `slc_${person}-example`;
}

/** Whether a stage of a run is so; for {@link PromotionStory.untilRun}. */
export function stageIs(name: string, status: string): (run: AnsweredRun) => boolean {
  return ({ stages }) => stages.findLast((stage) => stage.name === name)?.status === status;
}

/**
 * A job of the name `note`, as YAML flow, that writes down in the file `done` what it is told, with what a
 * shell fills in.
 */
export function note(what: string): string {
  return `{ note: { run: 'echo "${what}" >> "$HOME/done"' } }`;
}

/** Starts a server on a store with pipelines, as YAML. */
export async function beginPromotion(
  store: string,
  pipelines: string,
  { packages = { web: '*' }, poll = '{ manual: true }' }: PromotionOptions = {},
): Promise<PromotionStory> {
  const watched = Object.entries(packages).map(
    ([name, range]) => `${name}: { config: { name: watched, versions: "${range}" } }`,
  );
  return beginWith(
    (registry) => `${describePeople()}
server: { port: 0 }
store: ${store}
repositories:
  npmjs:
    plugin: npm
    config: { url: "${registry}" }
    poll: ${poll}
    packages: { ${watched.join(', ')} }
pipelines:
${pipelines}
`,
  );
}

/** Starts a server with a whole configuration, which is told the registry's URL. */
export async function beginWith(configure: (registry: string) => string): Promise<PromotionStory> {
  const registry = await startScriptedRegistry();
  const place = await openWorkplace();
  await place.configure(configure(registry.url));
  let server = await place.serve();
  const send = async <T>(as: Person, path: string, init: RequestInit) => {
    const headers = {
      authorization: `Bearer ${tokenOf(as)}`,
      ...(init.method && { 'content-type': 'application/json' }),
    };
    const answer = await fetch(`${server.url}/api/v1${path}`, { ...init, headers });
    return { status: answer.status, body: (await answer.json()) as T };
  };
  const ask: PromotionStory['ask'] = (as, path) => send(as, path, {});
  const post: PromotionStory['post'] = (as, path, body = {}) =>
    send(as, path, { method: 'POST', body: JSON.stringify(body) });
  const decisions: PromotionStory['decisions'] = async (pipeline) => {
    const { body } = await ask<{ items: readonly Decided[] }>(
      'ada',
      `/pipelines/${pipeline}/decisions?limit=200`,
    );
    return body.items.map(({ outcome, reason }) => `${outcome}: ${reason}`);
  };
  return {
    place,
    registry,
    ask,
    post,
    server: () => server,
    async publish(...versions) {
      for (const version of versions) registry.publish(version);
      const { status, body } = await post('ada', '/repositories/npmjs/poll', { wait: true });
      if (status !== 200) throw new Error(`the poll was answered ${status}: ${JSON.stringify(body)}`);
    },
    async untilRun(pipeline, counter, is) {
      let last: unknown;
      return until(
        async () => {
          const { status, body } = await ask<AnsweredRun>('ada', `/pipelines/${pipeline}/runs/${counter}`);
          last = body;
          return status === 200 && is(body) ? body : undefined;
        },
        {
          describe: () =>
            `${pipeline} ${counter} as it should be; it is ${JSON.stringify(last)}\n${server.output()}`,
        },
      );
    },
    decisions,
    async untilDecided(pipeline, decision) {
      let last: readonly string[] = [];
      await until(
        async () => {
          last = await decisions(pipeline);
          return last.includes(decision);
        },
        {
          describe: () =>
            `"${decision}" in ${pipeline}; there is ${JSON.stringify(last, undefined, 2)}\n${server.output()}`,
        },
      );
    },
    async restart() {
      await server.stop('SIGKILL');
      server = await place.serve();
    },
    async end() {
      await place.remove();
      await registry.close();
    },
  };
}

/** `access:` of a configuration with the people of the stories. */
export function describePeople(): string {
  const lines = Object.entries(people).map(([name, { roles, ...rest }]) => {
    const person = 'person' in rest ? `, person: ${rest.person}` : '';
    const hash = createHash('sha256').update(tokenOf(name)).digest('hex');
    return `    ${name}: { sha256: [${hash}], roles: [${roles.join(', ')}]${person} }`;
  });
  return `access:\n  tokens:\n${lines.join('\n')}`;
}
