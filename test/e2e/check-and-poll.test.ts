import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkReach } from '../../core/src/cli/check-reach.ts';
import { checkRepository } from '../../core/src/cli/check-repository.ts';
import type { PluginSources } from '../../core/src/config/build.ts';
import type { Config } from '../../core/src/config/config.ts';
import { Interpolator } from '../../core/src/config/interpolator.ts';
import { loadConfig } from '../../core/src/config/load-config.ts';
import { Masker } from '../../core/src/config/masker.ts';
import { findBundled } from '../../core/src/plugins/find.ts';
import { createPluginHost } from '../../core/src/plugins/host.ts';
import type { PluginHost } from '../../core/src/plugins/plugin-host.ts';
import { isCron } from '../../core/src/polling/schedule.ts';
import { type ServedProduct, startProducts } from '../support/product-server.ts';
import { mavenProducts, npmProducts } from '../support/registry-products.ts';
import { openWorkplace, type Workplace } from '../support/sluice.ts';
import { until } from '../support/until.ts';

/** What was found of each package: `ok`, or the code of its problem. */
type Verdicts = Readonly<Record<string, string>>;

interface Said {
  readonly problem: { readonly code: string } | null;
}

interface PolledRepository {
  readonly name: string;
  readonly lastPoll: string | null;
  readonly packages: readonly (Said & { readonly name: string })[];
}

const coordinates = {
  npm: (name: string) => ({ name: `@acme/${name}` }),
  maven: (name: string) => ({ groupId: 'com.acme', artifactId: name }),
} as const;

let place: Workplace;
let host: PluginHost;
let config: Config;
let checked: ReadonlyMap<string, Verdicts>;
let polled: ReadonlyMap<string, Verdicts>;
let products: Awaited<ReturnType<typeof startProducts>>;

beforeAll(async () => {
  products = await startProducts();
  place = await openWorkplace();
  await place.configure(JSON.stringify(describeConfiguration(products.served)));
  config = await loadConfig(join(place.directory, 'sluice.yaml'), {
    environment: {},
    masker: new Masker(),
    isCron,
    signal: AbortSignal.timeout(60_000),
    openPlugins: async (sources) => {
      host = await openHost(sources);
      return host;
    },
  });
  checked = await checkEverything();
  polled = await pollEverything();
});

afterAll(async () => {
  await host?.close();
  await place?.remove();
  await products?.server.close();
});

function describeConfiguration(served: readonly ServedProduct[]) {
  const repositories = served.map(({ name, plugin, url }) => {
    const packages = Object.fromEntries(
      ['widget', 'missing'].map((one) => [one, { config: coordinates[plugin](one) }]),
    );
    return [name, { plugin, config: { url }, poll: { every: '1h' }, packages }] as const;
  });
  const bare = served.map(({ name, plugin, url }) => [`bare-${name}`, { plugin, config: { url } }] as const);
  const materials = served.flatMap(({ name }) =>
    ['widget', 'missing'].map((one) => ({ package: `${name}/${one}` })),
  );
  const stages = [{ name: 'look', jobs: { look: { run: 'true' } } }];
  return {
    server: { port: 0 },
    repositories: Object.fromEntries([...repositories, ...bare]),
    pipelines: { all: { materials, stages } },
  };
}

async function openHost({ pluginLimits, plugins: _, ...sources }: PluginSources): Promise<PluginHost> {
  const masker = new Masker();
  const interpolator = new Interpolator({ directory: place.directory, environment: {}, masker });
  return createPluginHost({
    ...sources,
    plugins: await findBundled(),
    limits: pluginLimits,
    environment: {},
    mask: (text) => masker.mask(text),
    log: () => {},
    resolve: (template) => interpolator.resolve(template),
    learnSecret: (value) => masker.add(value),
  });
}

/** One real poll of every product by a real server. */
async function pollEverything(): Promise<ReadonlyMap<string, Verdicts>> {
  const server = await place.serve();
  const repositories = await until(async () => {
    const { items } = (await server.get('/api/v1/repositories?limit=200')) as {
      items: readonly PolledRepository[];
    };
    const wanted = items.filter(({ packages }) => packages.length > 0);
    return wanted.every(({ lastPoll }) => lastPoll !== null) && wanted;
  });
  await server.stop();
  return new Map(
    repositories.map(({ name, packages }) => [name, toVerdicts(packages.map((one) => [one.name, one]))]),
  );
}

function toVerdicts(said: readonly (readonly [string, Said])[]): Verdicts {
  return Object.fromEntries(said.map(([name, { problem }]) => [name, problem?.code ?? 'ok']));
}

/** What `sluice check` finds of every repository. */
async function checkEverything(): Promise<ReadonlyMap<string, Verdicts>> {
  const signal = AbortSignal.timeout(60_000);
  const checked = [...config.repositories.values()].map(async (repository) => {
    const [name, packages] = [repository.name, [...repository.packages.values()]];
    const onProgress = () => {};
    if (packages.length === 0) {
      return [
        name,
        toVerdicts([['repository', await checkReach(host, repository, { signal, onProgress })]]),
      ] as const;
    }
    const options = { packages, described: 1, signal, onProgress, onWarning: onProgress };
    const said = (await checkRepository(host, repository, options)).map((one): [string, Said] => [
      one.package,
      'problem' in one ? one : { problem: null },
    ]);
    return [name, toVerdicts(said)] as const;
  });
  return new Map(await Promise.all(checked));
}

describe.each([
  ...npmProducts.map((product) => ({ repository: `npm-${product.name}`, product })),
  ...mavenProducts.map((product) => ({ repository: `maven-${product.name}`, product })),
])('$repository', ({ repository, product: { missingCode } }) => {
  const shut = missingCode === 'UNAUTHORIZED' ? missingCode : undefined;

  it('is the same to sluice check and to a poll, good where the package is', () => {
    expect(checked.get(repository)).toEqual({ widget: shut ?? 'ok', missing: missingCode });
    expect(polled.get(repository)).toEqual(checked.get(repository));
  });

  it('fails without a package only where credentials are wanted', () => {
    expect(checked.get(`bare-${repository}`)).toEqual({ repository: shut ?? 'ok' });
  });
});
