import {
  type OpenRepository,
  type PackagePlugin,
  parseSettings,
  Secret,
  type Surroundings,
} from '@sluice/plugin-sdk';
import type { HttpClient, HttpSettings } from '@sluice/plugin-sdk/http';
import type { PluginSettings } from '../../config/config.ts';
import type { RepositorySettings } from '../protocol.ts';

const mostOpen = 256;

/** An open repository in use: dispose of it when the question is answered. */
export interface RepositoryInUse extends Disposable {
  readonly repository: OpenRepository;
  readonly http: HttpClient;
  /** Whether it is one of files, so that locations may be, too. */
  readonly hasFiles: boolean;
}

interface Opened extends Omit<RepositoryInUse, typeof Symbol.dispose> {
  /** What it was opened with. */
  readonly fingerprint: string;
  users: number;
  retired: boolean;
}

/**
 * Understands which repositories are open: each until its settings change, or it is the one used longest ago
 * of too many.
 */
export class OpenRepositories {
  readonly #plugin: PackagePlugin;
  readonly #surroundings: Surroundings;
  /** By name, the one used longest ago first. */
  readonly #open = new Map<string, Opened>();

  constructor(plugin: PackagePlugin, surroundings: Surroundings) {
    this.#plugin = plugin;
    this.#surroundings = surroundings;
  }

  /**
   * Opens a repository, or takes the one that is open with these very settings. Throws what the plugin's
   * `open` throws.
   */
  async open(asked: RepositorySettings): Promise<RepositoryInUse> {
    // Most of what a process takes to start is its HTTP client, and comparing versions needs none.
    const { createHttp } = await import('@sluice/plugin-sdk/http');
    const known = this.#open.get(asked.name);
    const fingerprint = JSON.stringify(asked);
    const opened = known?.fingerprint === fingerprint ? known : this.#begin(asked, fingerprint, createHttp);
    if (known && known !== opened) retire(known);
    this.#open.delete(asked.name);
    this.#open.set(asked.name, opened);
    this.#retireOldest();
    opened.users++;
    return { ...opened, [Symbol.dispose]: () => release(opened) };
  }

  #begin(
    { settings, http: { clientKey, ...http } }: RepositorySettings,
    fingerprint: string,
    createHttp: (settings: HttpSettings) => HttpClient,
  ): Opened {
    const urls = this.#findUrls(settings);
    const origin = urls.find((url) => url.startsWith('http'));
    const repository = this.#plugin.open(
      parseSettings(this.#plugin.repository, settings),
      this.#surroundings,
    );
    const client = createHttp({
      ...http,
      origin: origin && URL.parse(origin)?.origin,
      clientKey: clientKey === undefined ? undefined : new Secret(clientKey),
    });
    return {
      repository,
      http: client,
      hasFiles: urls.some((url) => url.startsWith('file:')),
      fingerprint,
      users: 0,
      retired: false,
    };
  }

  #findUrls(settings: PluginSettings): readonly string[] {
    const names = Object.entries(this.#plugin.repository).filter(
      ([, { schema }]) => schema['format'] === 'uri',
    );
    return names.map(([name]) => settings[name]).filter((url) => typeof url === 'string');
  }

  #retireOldest(): void {
    const [oldest] = this.#open;
    if (this.#open.size <= mostOpen || oldest === undefined) return;
    this.#open.delete(oldest[0]);
    retire(oldest[1]);
  }
}

function retire(opened: Opened): void {
  opened.retired = true;
  closeUnused(opened);
}

function release(opened: Opened): void {
  opened.users--;
  closeUnused(opened);
}

function closeUnused({ http, users, retired }: Opened): void {
  if (retired && users === 0) void http.close();
}
