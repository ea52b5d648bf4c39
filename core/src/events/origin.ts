import type { ServerConfig } from '../config/config.ts';

/** Where events come from. */
export interface Origin {
  /** What tells this store from any other. */
  readonly identity: string;
  /** The `source` of events: a URI that with an event's id is unique. */
  readonly source: string;
  /** The address of the server's API, ending in a slash. */
  readonly base: string;
}

/** Where the events of a server come from: `server.url`, or the store itself where there is none. */
export function describeOrigin({ host, port, url }: ServerConfig, identity: string): Origin {
  const own = `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
  const base = url === undefined ? own : new URL(url.endsWith('/') ? url : `${url}/`).href;
  return { identity, source: url === undefined ? `urn:uuid:${identity}` : base, base };
}

/** The id of an event, the same whenever and wherever it is told. */
export function nameEvent(id: number, { identity }: Origin): string {
  return `${identity}-${id}`;
}
