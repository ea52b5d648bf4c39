import { createHash } from 'node:crypto';
import { type FaultyServer, type ScriptedAnswer, startFaultyServer } from '@sluice/plugin-sdk/testing';
import {
  type MavenProduct,
  mavenProducts,
  type NpmProduct,
  npmProducts,
  type RegistryProduct,
} from './registry-products.ts';

/** A repository of a product's kind: it has 1.0.0 and 1.1.0 of `@acme/widget`, or of `com.acme:widget`. */
export interface ServedProduct {
  /** `npm-gitlab`. */
  readonly name: string;
  readonly plugin: 'npm' | 'maven';
  readonly url: string;
  readonly product: RegistryProduct;
}

/** Serves every product on loopback, each below a path of its own. */
export async function startProducts(): Promise<{
  readonly served: readonly ServedProduct[];
  readonly server: FaultyServer;
}> {
  const places = [
    ...npmProducts.map(
      (product) =>
        ({ name: `npm-${product.name}`, plugin: 'npm', product, files: serveNpm(product) }) as const,
    ),
    ...mavenProducts.map(
      (product) =>
        ({ name: `maven-${product.name}`, plugin: 'maven', product, files: serveMaven(product) }) as const,
    ),
  ];
  const server = await startFaultyServer({
    otherwise({ path }) {
      const place = places.find(({ name, product }) => path.startsWith(`/${name}${product.path}`));
      return place ? place.files(path.slice(`/${place.name}${place.product.path}`.length)) : { status: 404 };
    },
  });
  const served = places.map(({ name, plugin, product }) => ({
    name,
    plugin,
    product,
    url: `${server.origin}/${name}${product.path}`,
  }));
  return { served, server };
}

type Files = (path: string) => ScriptedAnswer;

const versions = ['1.0.0', '1.1.0'];

function serveNpm({ root, ping, missing, missingCode }: NpmProduct): Files {
  const packument = JSON.stringify({
    name: '@acme/widget',
    versions: Object.fromEntries(
      versions.map((version) => [version, { name: '@acme/widget', version, dist: {} }]),
    ),
  });
  return (path) => {
    if (path === '') return root;
    if (path === '-/ping') return ping;
    return path === '@acme%2fwidget' && missingCode !== 'UNAUTHORIZED' ? { body: packument } : missing;
  };
}

function serveMaven({ root, checksums, noChecksum, missing, missingCode }: MavenProduct): Files {
  const folder = 'com/acme/widget/';
  const metadata = `<metadata><groupId>com.acme</groupId><artifactId>widget</artifactId><versioning><versions>${versions
    .map((version) => `<version>${version}</version>`)
    .join('')}</versions></versioning></metadata>`;
  const files = new Map([
    [`${folder}maven-metadata.xml`, metadata],
    ...versions.flatMap((version): [string, string][] => [
      [`${folder}${version}/widget-${version}.jar`, `the bytes of ${version}`],
      [`${folder}${version}/widget-${version}.pom`, '<project/>'],
    ]),
  ]);
  return (path) => {
    if (path === '') return root;
    if (missingCode === 'UNAUTHORIZED') return missing;
    const file = files.get(path);
    if (file !== undefined)
      return { body: file, headers: { 'last-modified': 'Tue, 02 Jan 2024 03:04:05 GMT' } };
    const [, of = '', algorithm = ''] = /^(.*)\.(sha512|sha256|sha1|md5)$/.exec(path) ?? [];
    const summed = files.get(of);
    if (summed === undefined) return missing;
    return checksums.includes(algorithm)
      ? { body: createHash(algorithm).update(summed).digest('hex') }
      : noChecksum;
  };
}
