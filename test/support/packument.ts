import { createHash } from 'node:crypto';

/** A package's document in both of its forms, as JSON. */
export interface Packuments {
  readonly full: string;
  readonly abbreviated: string;
}

/**
 * Makes documents shaped like those of a large package in a public registry (typescript's), with as many
 * versions as are wanted.
 */
export function makePackuments(
  name: string,
  count: number,
  origin = 'https://registry.example.com',
): Packuments {
  const versions = Array.from({ length: count }, (_, index) => describeVersion(name, index, origin));
  const modified = timeOf(count);
  const head = { name, 'dist-tags': { latest: versions.at(-1)?.abbreviated['version'] } };
  const full = {
    _id: name,
    ...head,
    versions: toObject(versions, ({ full }) => full),
    time: { created: timeOf(0), modified, ...toObject(versions, (_, index) => timeOf(index)) },
    maintainers: people.slice(0, 4),
    readme: 'A language for application-scale JavaScript. '.repeat(80),
  };
  return {
    full: JSON.stringify(full),
    abbreviated: JSON.stringify({
      ...head,
      modified,
      versions: toObject(versions, ({ abbreviated }) => abbreviated),
    }),
  };
}

type Manifest = Readonly<Record<string, unknown>>;

interface DescribedVersion {
  readonly version: string;
  readonly full: Manifest;
  readonly abbreviated: Manifest;
}

const people = ['alice', 'bob', 'carol', 'dave', 'erin'].map((name) => ({
  name,
  email: `${name}@example.com`,
}));
const tools = [
  'eslint',
  'esbuild',
  'mocha',
  'chai',
  'glob',
  'diff',
  'del',
  'c8',
  'which',
  'minimist',
  'source-map-support',
];
const devDependencies = Object.fromEntries(
  tools.flatMap((tool) => [
    [tool, '^9.11.1'],
    [`@types/${tool}`, 'latest'],
  ]),
);
const scripts = Object.fromEntries(
  tools.map((tool) => [`run:${tool}`, `hereby ${tool} --no-lint --bundle=false`]),
);

function describeVersion(name: string, index: number, origin: string): DescribedVersion {
  // Nine nightly builds for each release, as large packages have them.
  const day = String(20_200_000 + index);
  const version = index % 10 === 0 ? `5.${index / 10}.0` : `5.${Math.ceil(index / 10)}.0-dev.${day}`;
  const abbreviated = {
    name,
    version,
    devDependencies,
    bin: { tsc: './bin/tsc', tsserver: './bin/tsserver' },
    dist: {
      shasum: digest('sha1', version).toString('hex'),
      tarball: `${origin}/${name}/-/${name}-${version}.tgz`,
      fileCount: 180,
      integrity: `sha512-${digest('sha512', version).toString('base64')}`,
      signatures: [
        {
          sig: digest('sha512', `${version}s`).toString('base64'),
          keyid: `SHA256:${digest('sha256', 'k').toString('base64')}`,
        },
      ],
      unpackedSize: 32_000_000 + index,
    },
    engines: { node: '>=14.17' },
  };
  const full = {
    ...abbreviated,
    _id: `${name}@${version}`,
    description: 'TypeScript is a language for application scale JavaScript development',
    keywords: ['TypeScript', 'Microsoft', 'compiler', 'language', 'javascript'],
    author: { name: 'Example Corp.' },
    license: 'Apache-2.0',
    homepage: 'https://www.example.com/',
    repository: { type: 'git', url: `git+https://github.com/example/${name}.git` },
    bugs: { url: `https://github.com/example/${name}/issues` },
    maintainers: people,
    main: './lib/typescript.js',
    typings: './lib/typescript.d.ts',
    scripts,
    browser: {
      fs: false,
      os: false,
      path: false,
      crypto: false,
      buffer: false,
      inspector: false,
      perf_hooks: false,
    },
    gitHead: digest('sha1', `${version}g`).toString('hex'),
    packageManager: 'npm@8.19.4',
    volta: { node: '20.1.0', npm: '8.19.4' },
    _npmUser: people[0],
    _nodeVersion: '22.11.0',
    _npmVersion: '10.9.0',
    _hasShrinkwrap: false,
    _npmOperationalInternal: {
      host: 's3://npm-registry-packages-npm-production',
      tmp: `tmp/${name}_${version}_${day}_0.61`,
    },
    directories: {},
  };
  return { version, full, abbreviated };
}

function toObject<T>(
  versions: readonly DescribedVersion[],
  map: (version: DescribedVersion, index: number) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(versions.map((version, index) => [version.version, map(version, index)]));
}

function timeOf(index: number): string {
  return new Date(Date.UTC(2020, 0, 1 + index, 7, 8, 9, 10)).toISOString();
}

function digest(algorithm: string, text: string): Buffer {
  return createHash(algorithm).update(text).digest();
}
