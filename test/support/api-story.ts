import { type ScriptedRegistry, startScriptedRegistry } from './scripted-registry.ts';
import { openWorkplace, type Server } from './sluice.ts';
import { pollNow, settle } from './story.ts';

export const hookSecret = 'a hook secret';
export const literalToken = 'a-token-that-stands-in-the-file';
export const referredToken = 'a-token-that-is-kept-elsewhere';

/** An answer of the API. */
export interface Answered<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** A page of a list. */
export interface List<T> {
  readonly items: readonly T[];
  readonly next: number | null;
}

/** A server that has lived through something, and two registries that it watches. */
export interface ApiStory {
  readonly server: Server;
  /** Has had 1.0.0, then 1.1.0, deprecated, then 2.0.0; the pipeline `build` takes each. */
  readonly shop: ScriptedRegistry;
  /** Answers with a name that holds markup; never polled yet. */
  readonly markup: ScriptedRegistry;
  ask<T = unknown>(path: string, init?: RequestInit): Promise<Answered<T>>;
  post<T = unknown>(
    path: string,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answered<T>>;
  end(): Promise<void>;
}

/**
 * Starts a server on a store (`sqlite:...` or `postgres://...`) and lets it live through a few publications.
 */
export async function beginApiStory(store = 'sqlite:sluice.db'): Promise<ApiStory> {
  const [shop, markup] = [await startScriptedRegistry(), await startScriptedRegistry()];
  markup.spoil(() => ({ body: '{"name":"<script>alert(1)</script>"}' }));
  const place = await openWorkplace({ HOOK_SECRET: hookSecret, SHOP_TOKEN: referredToken });
  await place.configure(`store: ${store}\n${describeStory(shop, markup)}`);
  const server = await place.serve();
  for (const version of ['1.0.0', '1.1.0', '2.0.0']) {
    shop.publish(version, version === '1.1.0' ? { deprecated: 'do not use' } : {});
    await pollNow(server, 'shop');
    await settle(server);
  }
  const ask = async <T>(path: string, init: RequestInit = {}): Promise<Answered<T>> => {
    const answer = await fetch(server.url + path, init);
    return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) };
  };
  return {
    server,
    shop,
    markup,
    ask,
    post: (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    async end() {
      await place.remove();
      await Promise.all([shop.close(), markup.close()]);
    },
  };
}

function describeStory(shop: ScriptedRegistry, markup: ScriptedRegistry): string {
  return `
server: { port: 0 }
levels: [make]
repositories:
  shop:
    plugin: npm
    config: { url: "${shop.url}", token: "\${env:SHOP_TOKEN}" }
    poll: { manual: true }
    hook: { secret: "\${env:HOOK_SECRET}" }
    packages: { it: { config: { name: watched, versions: ">=1" } } }
  markup: { plugin: npm, config: { url: "${markup.url}", token: ${literalToken} }, poll: { manual: true }, packages: { it: { config: { name: watched } } } }
pipelines:
  build:
    group: web
    label: "\${COUNT}-\${IT}"
    materials: [{ package: shop/it, trigger: every, as: IT }]
    environment: { TARGET: uat }
    stages:
      - { name: make, jobs: { print: { run: 'echo "$TARGET $GO_PACKAGE_IT_LABEL"' } } }
      - { name: ship, jobs: { fail: { run: 'test "$TARGET" != broken || exit 3' } } }
  odd:
    materials: [{ package: markup/it }]
    stages: [{ name: one, jobs: { none: { run: 'true' } } }]
`;
}
