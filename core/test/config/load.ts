import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { definePackagePlugin, field, parseSettings, secretNames, toJsonSchema } from '@sluice/plugin-sdk';
import { onTestFinished } from 'vitest';
import type { PluginSources } from '../../src/config/build.ts';
import type { Config } from '../../src/config/config.ts';
import { type LoadOptions, loadConfig } from '../../src/config/load-config.ts';
import { Masker } from '../../src/config/masker.ts';
import type { PluginRules } from '../../src/config/plugin-rules.ts';
import { ConfigError } from '../../src/config/problem.ts';
import { isCron } from '../../src/polling/schedule.ts';

/** A plugin with every kind of field and a rule of its own, of which nothing but its settings is used. */
export const shelf = definePackagePlugin({
  id: 'shelf',
  title: 'A shelf',
  repository: {
    url: field.optional(field.url('Where the shelf is')),
    token: field.optional(field.secret('Access token')),
    depth: field.optional(field.integer('How deep', { minimum: 1 })),
  },
  package: {
    name: field.text('Package name', { pattern: /^[a-z@][a-z0-9@/._-]*$/ }),
    versions: field.optional(field.text('Range')),
    shade: field.optional(field.choice('Shade', ['dark', 'light'])),
    prereleases: field.optional(field.flag('Prereleases too')),
  },
  validate: ({ package: { versions, shade } }) =>
    versions !== undefined && shade !== undefined
      ? [{ in: 'package', field: 'shade', message: 'cannot be combined with versions; remove one' }]
      : [],
  compare: (a, b) => Number(a > b) - Number(a < b),
  open: () => {
    throw new Error('a configuration is checked without opening anything');
  },
});

/** What the plugin host knows of {@link shelf}. */
export const shelfRules: PluginRules = {
  failed: () => [],
  loaded: () =>
    new Map([
      [
        shelf.id,
        {
          repository: toJsonSchema(shelf.repository),
          package: toJsonSchema(shelf.package),
          secrets: { repository: secretNames(shelf.repository), package: secretNames(shelf.package) },
        },
      ],
    ]),
  validate: async (_, repository, packages) =>
    new Map(
      [...packages].map(([name, settings]) => [
        name,
        shelf.validate?.({
          repository: parseSettings(shelf.repository, repository),
          package: parseSettings(shelf.package, settings),
        }) ?? [],
      ]),
    ),
};

/** A directory with these files in it, removed after the test. */
export async function writeFiles(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-config-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  return directory;
}

/** How the tests load: the shelf, an environment of two variables, a masker of its own. */
export function optionsWith(options: Partial<LoadOptions> = {}): LoadOptions {
  return {
    environment: { TOKEN: 's3cret-token', SHELF: 'https://shelf.example.com/' },
    masker: new Masker(),
    openPlugins: async (_: PluginSources) => shelfRules,
    isCron,
    signal: new AbortController().signal,
    ...options,
  };
}

/** The configuration of one file. */
export async function load(yaml: string, options: Partial<LoadOptions> = {}): Promise<Config> {
  return loadConfig(join(await writeFiles({ 'sluice.yaml': yaml }), 'sluice.yaml'), optionsWith(options));
}

/** Everything that is wrong with one file, as `line:column: message`. */
export async function problemsOf(
  yaml: string,
  options: Partial<LoadOptions> = {},
): Promise<readonly string[]> {
  return problemsIn({ 'sluice.yaml': yaml }, options);
}

/**
 * Everything that is wrong with several files; `sluice.yaml` is the one that is named, and left out of the
 * answer.
 */
export async function problemsIn(
  files: Readonly<Record<string, string>>,
  options: Partial<LoadOptions> = {},
): Promise<readonly string[]> {
  const directory = await writeFiles(files);
  try {
    await loadConfig(join(directory, 'sluice.yaml'), optionsWith(options));
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .replaceAll(`${directory}/`, '')
      .split('\n')
      .map((line) => line.replace(/^sluice\.yaml:/, ''));
  }
}

/** A configuration that is valid, as the start of one that is not. */
export const repository = `repositories:
  main:
    plugin: shelf
    config: { url: https://shelf.example.com/ }
    packages:
      web: { config: { name: web } }
`;
