import Config from '@npmcli/config';
import npm from '@npmcli/config/lib/definitions/index.js';
import { type Call, PluginError, type Surroundings } from '@sluice/plugin-sdk';
import type { FindRegistry, Registries, Registry } from './connection.ts';
import { findCredentials } from './machine-credentials.ts';
import { findNpm } from './npm-installation.ts';

/** What npm's configuration can depend on; tokens in an .npmrc may refer to these alone. */
export const environmentNames = [
  'HOME',
  'PATH',
  'PREFIX',
  'DESTDIR',
  'npm_*',
  'NPM_*',
  'NODE_AUTH_TOKEN',
  'GITHUB_TOKEN',
  'CI_JOB_TOKEN',
  'CODEARTIFACT_AUTH_TOKEN',
] as const;

/**
 * Understands which registries the machine's own npm configuration names, and which credentials it has for
 * them.
 */
export class MachineRegistries implements Registries {
  readonly #surroundings: Surroundings;
  #loading: Promise<Config> | undefined;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /**
   * The files are read once and hold until the repository is opened anew; what they keep secret is masked in
   * every call. The registries that are found throw `CONFIG_INVALID` for an address or a credential that
   * cannot work.
   */
  async load(call: Pick<Call, 'log' | 'secret'>): Promise<FindRegistry> {
    this.#loading ??= loadConfig(this.#surroundings, call).catch((thrown) => {
      this.#loading = undefined;
      throw thrown;
    });
    const config = await this.#loading;
    const found = new Map<string, Registry>();
    return (name = '') => {
      const url = findUrl(config, name);
      const registry = found.get(url) ?? makeRegistry(config, url, call);
      found.set(url, registry);
      return registry;
    };
  }
}

async function loadConfig(
  { environment, directory }: Surroundings,
  { log }: Pick<Call, 'log'>,
): Promise<Config> {
  const { npmPath, execPath } = await findNpm(environment['PATH']);
  // A copy, since loading writes into it.
  const env = { ...environment };
  const config = new Config({ ...npm, npmPath, execPath, env, cwd: directory, argv: [] });
  await config.load();
  for (const { source, loadError } of config.data.values()) {
    if (loadError && !('code' in loadError && loadError.code === 'ENOENT'))
      log.warn(`${source} is left out: ${loadError.message}`);
  }
  return config;
}

function findUrl(config: Config, name: string): string {
  const scope = name.startsWith('@') ? name.slice(0, name.indexOf('/')) : undefined;
  const configured = (scope && readText(config, `${scope}:registry`)) ?? readText(config, 'registry');
  const url = URL.parse(configured ?? '');
  if ((url?.protocol !== 'https:' && url?.protocol !== 'http:') || url.username || url.password) {
    const key = scope ? `${scope}:registry or registry` : 'registry';
    throw new PluginError(
      'CONFIG_INVALID',
      `the machine's npm configuration has no http(s) address without credentials as ${key}; set one, or "url"`,
    );
  }
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

function makeRegistry(config: Config, url: string, call: Pick<Call, 'secret'>): Registry {
  const credentials = findCredentials(url, (key) => readText(config, key));
  if (!credentials) return { url };
  const secret = 'bearer' in credentials ? credentials.bearer : credentials.password;
  call.secret(secret.reveal());
  return { url, credentials };
}

function readText(config: Config, key: string): string | undefined {
  const value: unknown = config.get(key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
