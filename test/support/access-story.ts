import { createHash } from 'node:crypto';
import { type ScriptedRegistry, startScriptedRegistry } from './scripted-registry.ts';
import { openWorkplace, type Server, type Workplace } from './sluice.ts';
import { until } from './until.ts';

/** The tokens of the story, by what they may; `ci` and `ciBefore` are one token while it is rotated. */
export const tokens = {
  admin: 'slc_admin',
  operator: 'slc_operator',
  viewer: 'slc_viewer',
  qa: 'slc_qa',
  ci: 'slc_ci',
  ciBefore: 'slc_ci_before',
  expired: 'slc_expired',
  wrong: 'slc_wrong',
} as const;

export type Bearer = keyof typeof tokens;

/** The name of the pipeline that only an admin may see: nothing that others are shown may hold it. */
export const confidential = 'confidential';
export const hookSecret = 'a hook secret';

/** What a configuration of the story says under `access:`, a line each; leave some out to revoke them. */
export const allTokens: Readonly<Record<string, string>> = {
  alice: `{ sha256: [${hash('admin')}], roles: [admin] }`,
  olga: `{ sha256: [${hash('operator')}], roles: [operator], expires: 2999-01-01 }`,
  victor: `{ sha256: [${hash('viewer')}], roles: [viewer] }`,
  quinn: `{ sha256: [${hash('qa')}], roles: [qa] }`,
  ci: `{ sha256: [${hash('ciBefore')}, ${hash('ci')}], roles: [operator], person: olga }`,
  gone: `{ sha256: [${hash('expired')}], roles: [admin], expires: 2001-01-01 }`,
};

/** The hash of a token as sluice.yaml has it. */
export function hash(bearer: Bearer): string {
  return createHash('sha256').update(tokens[bearer]).digest('hex');
}

/** What asking takes beside a path. */
export interface AskOptions {
  readonly as?: Bearer | undefined;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A server with `access:` that has lived through a publication in three pipelines: build, acceptance and a
 * confidential one.
 */
export interface AccessStory {
  readonly server: Server;
  readonly place: Workplace;
  readonly registry: ScriptedRegistry;
  ask(path: string, options?: AskOptions): Promise<Response>;
  /** Asks, and answers the status and the JSON of the answer. */
  read(path: string, options?: AskOptions): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Publishes a version, polls, and waits until nothing waits or runs. */
  publish(version: string): Promise<void>;
  /** Writes another configuration, and waits until it is in force. */
  reconfigure(options: StoryOptions): Promise<void>;
  end(): Promise<void>;
}

/** What a configuration of the story leaves open. */
export interface StoryOptions {
  readonly tokens?: Readonly<Record<string, string>>;
  /** `access:` of the pipeline `build`, as YAML flow. */
  readonly build?: string;
}

/** Starts the server on a store (`sqlite:...` or `postgres://...`), behind what says it is a proxy. */
export async function beginAccessStory(store: string): Promise<AccessStory> {
  const registry = await startScriptedRegistry();
  const place = await openWorkplace();
  const configure = (options: StoryOptions) => place.configure(describeStory(registry.url, store, options));
  await configure({});
  const server = await place.serve();
  const ask = (path: string, { as, method = 'GET', body, headers = {} }: AskOptions = {}) =>
    fetch(server.url + path, {
      method,
      headers: {
        ...(as && { authorization: `Bearer ${tokens[as]}` }),
        ...(method === 'POST' && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
    });
  const read = async (path: string, options?: AskOptions) => {
    const answer = await ask(path, options);
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  const story: AccessStory = {
    server,
    place,
    registry,
    ask,
    read,
    async publish(version) {
      registry.publish(version);
      const { status, body } = await read('/api/v1/repositories/shop/poll', {
        as: 'admin',
        method: 'POST',
        body: { wait: true },
      });
      if (status !== 200) throw new Error(`the poll was answered ${status}: ${JSON.stringify(body)}`);
      await settle(story);
    },
    async reconfigure(options) {
      const readHash = async () =>
        ((await read('/api/v1/configuration', { as: 'admin' })).body as { hash: string }).hash;
      const before = await readHash();
      await configure(options);
      await until(async () => (await readHash()) !== before, {
        describe: () => `another configuration: ${server.output()}`,
      });
    },
    async end() {
      await place.remove();
      await registry.close();
    },
  };
  await story.publish('1.0.0');
  return story;
}

async function settle({ ask, server }: AccessStory): Promise<void> {
  await until(
    async () => {
      const text = await (await ask('/metrics', { as: 'admin' })).text();
      return (
        /^sluice_queue_depth\{queue="triggers"\} 0$/m.test(text) &&
        /^sluice_queue_depth\{queue="attempts"\} 0$/m.test(text)
      );
    },
    { describe: () => `an idle server; it said:\n${server.output()}` },
  );
}

function describeStory(
  registry: string,
  store: string,
  { tokens: known = allTokens, build = '{}' }: StoryOptions,
): string {
  const lines = Object.entries(known).map(([name, token]) => `    ${name}: ${token}`);
  const pipeline = (name: string, access: string) =>
    `  ${name}: { materials: [{ package: shop/it, trigger: every, as: IT }], access: ${access}, stages: [{ name: one, level: at-${name}, jobs: { say: { run: 'echo it' } } }] }`;
  return `
server: { port: 0, url: "https://sluice.example.com", trustProxy: true }
store: ${store}
access:
  tokens:
${lines.join('\n')}
repositories:
  shop:
    plugin: npm
    config: { url: "${registry}" }
    poll: { manual: true }
    hook: { secret: ${hookSecret} }
    packages: { it: { config: { name: watched, versions: ">=1" } } }
levels: [at-build, at-acceptance, at-${confidential}]
pipelines:
${pipeline('build', build)}
${pipeline('acceptance', '{ operate: ["role:qa"] }')}
${pipeline(confidential, '{ view: [alice] }')}
`;
}
