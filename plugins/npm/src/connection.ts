import { type Call, type Credentials, type Http, readCredentials } from '@sluice/plugin-sdk';
import type { RepositorySettings } from './settings.ts';

/** A registry and what proves there who asks. */
export interface Registry {
  /** With a trailing slash. */
  readonly url: string;
  readonly credentials?: Credentials;
}

/** Which registry has a package; without a name, the one for packages without a scope. */
export type FindRegistry = (name?: string) => Registry;

/** Knows which registry has a package, once loaded. */
export interface Registries {
  load(call: Pick<Call, 'log' | 'secret'>): Promise<FindRegistry>;
}

/** A registry that can be asked. */
export interface Connection {
  /** With a trailing slash. */
  readonly url: string;
  readonly http: Http;
}

/**
 * The connection to the registry that has a package; without a name, to the one for packages without a scope.
 */
export type Connect = (name?: string) => Connection;

/** The one registry that is configured, with the credentials that are configured for it. */
export function fixedRegistry(url: string, settings: RepositorySettings): Registries {
  const credentials = readCredentials(settings);
  const { href } = new URL(url);
  const registry = { url: href.endsWith('/') ? href : `${href}/`, ...(credentials && { credentials }) };
  return { load: async () => () => registry };
}

/** Lends out one client a registry for the length of a call, however many packages it asks for. */
export function connect(find: FindRegistry, call: Call): Connect {
  const connections = new Map<Registry, Connection>();
  return (name) => {
    const registry = find(name);
    const known = connections.get(registry);
    if (known) return known;
    const { url, credentials } = registry;
    const connection = { url, http: credentials ? call.http.withCredentials(url, credentials) : call.http };
    connections.set(registry, connection);
    return connection;
  };
}
