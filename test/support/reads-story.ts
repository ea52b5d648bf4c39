import { type ScriptedRegistry, startScriptedRegistry } from './scripted-registry.ts';
import { openWorkplace, type Server, type Workplace } from './sluice.ts';
import { pollNow, settle } from './story.ts';

/**
 * A server whose pipelines make a package of another one: `build` and `acceptance` take `shop/it`, and
 * publish `out/it`, which `deploy` takes.
 */
export interface ReadsStory {
  readonly place: Workplace;
  readonly server: Server;
  readonly shop: ScriptedRegistry;
  readonly out: ScriptedRegistry;
  /** Publishes a version, polls, and waits until nothing waits or runs. */
  publish(repository: 'shop' | 'out', version: string): Promise<void>;
  end(): Promise<void>;
}

/** Starts it on a store (`sqlite:...` or `postgres://...`); `more` are more pipelines, as YAML. */
export async function beginReadsStory(store: string, more = ''): Promise<ReadsStory> {
  const registries = { shop: await startScriptedRegistry(), out: await startScriptedRegistry() };
  const place = await openWorkplace();
  await place.configure(describeReadsStory(registries.shop.url, registries.out.url, { store, more }));
  const server = await place.serve();
  return {
    place,
    server,
    ...registries,
    async publish(repository, version) {
      registries[repository].publish(version);
      await pollNow(server, repository);
      await settle(server);
    },
    async end() {
      await place.remove();
      await Promise.all(Object.values(registries).map((one) => one.close()));
    },
  };
}

/** Its configuration. */
export function describeReadsStory(
  shop: string,
  out: string,
  {
    store = 'sqlite:sluice.db',
    more = '',
    trigger = 'every',
  }: { readonly store?: string; readonly more?: string; readonly trigger?: string },
): string {
  const repository = (url: string) =>
    `{ plugin: npm, config: { url: "${url}" }, poll: { manual: true }, packages: { it: { config: { name: watched } } } }`;
  return `
server: { port: 0 }
store: ${store}
repositories:
  shop: ${repository(shop)}
  out: ${repository(out)}
pipelines:
  build:
    label: "\${IT}"
    materials: [{ package: shop/it, trigger: ${trigger}, as: IT }]
    publishes: [out/it]
    stages: [{ name: compile, jobs: { it: { run: 'true' } } }, { name: package, jobs: { it: { run: 'test "$GO_PACKAGE_IT_LABEL" != 1.1.0' } } }]
  acceptance:
    materials: [{ pipeline: build, trigger: ${trigger} }]
    stages: [{ name: smoke, jobs: { it: { run: 'true' } } }, { name: sign-off, approval: manual, jobs: { it: { run: 'true' } } }]
  deploy:
    materials: [{ package: out/it, trigger: ${trigger} }]
    stages: [{ name: ship, jobs: { it: { run: 'true' } } }]
${more}`;
}
