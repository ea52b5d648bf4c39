import { X509Certificate } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import { type Dispatcher, Agent as UndiciAgent } from 'undici';
import { PluginError } from '../errors.ts';
import { readOrigin } from './credentials.ts';
import { refuseMetadata } from './metadata-address.ts';
import { matchNoProxy } from './no-proxy.ts';
import { lookupWithin } from './private-address.ts';
import type { HttpSettings } from './settings.ts';

/** The longest that a connection may take to be made, in milliseconds. */
export const connectTimeoutMs = 10_000;
/** The most bytes that the head of an answer may have. */
export const maxHeaderBytes = 32_768;
/** A connection on which nothing happens for so long is closed, in milliseconds. */
const idleTimeoutMs = 60_000;

/** Node's agents, as got takes them. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/**
 * Understands over which connections a URL is asked: direct or through the proxy, with or without the client
 * certificate.
 */
export class Connections {
  readonly #limit: number;
  readonly #lookup: LookupFunction;
  readonly #proxy: URL | undefined;
  readonly #bypasses: (url: URL) => boolean;
  readonly #certified: ReadonlySet<string> | undefined;
  readonly #contexts: Contexts;
  readonly #ca: string[] | undefined;
  readonly #agents = new Map<string, Agents>();
  readonly #dispatchers = new Map<string, UndiciAgent>();

  /** Throws `CONFIG_INVALID` for a proxy, certificate or key that cannot work. */
  constructor(settings: HttpSettings) {
    this.#limit = settings.concurrencyPerHost ?? 16;
    this.#lookup = lookupWithin({ allowPrivate: settings.allowPrivate ?? true });
    this.#proxy = settings.proxy === undefined ? undefined : readProxy(settings.proxy);
    this.#bypasses = matchNoProxy(settings.noProxy ?? []);
    this.#certified =
      settings.origin === undefined
        ? undefined
        : new Set([settings.origin, ...(settings.trust ?? [])].map(readOrigin));
    this.#ca = settings.ca === undefined ? undefined : [...getCACertificates('default'), settings.ca];
    this.#contexts = makeContexts(settings, this.#ca);
  }

  /** For got. */
  agents(url: URL): Agents {
    const proxied = this.#isProxied(url);
    const certified = this.#isCertified(url);
    const key = `${proxied} ${certified}`;
    const made = this.#agents.get(key) ?? this.#makeAgents(proxied, certified);
    this.#agents.set(key, made);
    return made;
  }

  /** For requests without got; there is none to a URL that is asked through the proxy. */
  dispatcher(url: URL): Dispatcher | undefined {
    if (this.#isProxied(url)) return undefined;
    const certified = this.#isCertified(url);
    const key = String(certified);
    const made = this.#dispatchers.get(key) ?? this.#makeDispatcher(certified);
    this.#dispatchers.set(key, made);
    return made;
  }

  /** Cuts every connection. */
  async close(): Promise<void> {
    for (const { http, https } of this.#agents.values()) {
      http.destroy();
      https.destroy();
    }
    await Promise.all([...this.#dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
  }

  #isProxied(url: URL): boolean {
    return this.#proxy !== undefined && !this.#bypasses(url);
  }

  #isCertified(url: URL): boolean {
    // Where there is nothing to show, the origin need not be put together, which costs more than all else
    // here.
    return (
      this.#contexts.plain === this.#contexts.certified ||
      this.#certified === undefined ||
      this.#certified.has(url.origin)
    );
  }

  #makeAgents(proxied: boolean, certified: boolean): Agents {
    const common = { keepAlive: true, maxSockets: this.#limit, timeout: idleTimeoutMs };
    const secure = { secureContext: certified ? this.#contexts.certified : this.#contexts.plain };
    if (!proxied || this.#proxy === undefined) {
      const direct = { ...common, lookup: this.#lookup };
      return { http: new HttpAgent(direct), https: new HttpsAgent({ ...direct, ...secure }) };
    }
    const proxy = {
      ...common,
      proxy: this.#proxy,
      ...(this.#ca && { proxyRequestOptions: { ca: this.#ca } }),
    };
    return { http: new HttpProxyAgent(proxy), https: new HttpsProxyAgent({ ...proxy, ...secure }) };
  }

  #makeDispatcher(certified: boolean): UndiciAgent {
    const secureContext = certified ? this.#contexts.certified : this.#contexts.plain;
    return new UndiciAgent({
      connections: this.#limit,
      allowH2: false,
      maxHeaderSize: maxHeaderBytes,
      connect: { timeout: connectTimeoutMs, lookup: this.#lookup, ...(secureContext && { secureContext }) },
    });
  }
}

function readProxy(proxy: string): URL {
  const url = URL.parse(proxy);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new PluginError('CONFIG_INVALID', 'http.proxy is no http or https URL; write http://HOST:PORT');
  }
  refuseMetadata(url.hostname);
  return url;
}

/** `undefined` where Node's own default does, which is made once and shared. */
interface Contexts {
  readonly plain: SecureContext | undefined;
  readonly certified: SecureContext | undefined;
}

function makeContexts(
  { ca, clientCert, clientKey }: HttpSettings,
  authorities: string[] | undefined,
): Contexts {
  if ((clientCert === undefined) !== (clientKey === undefined)) {
    throw new PluginError(
      'CONFIG_INVALID',
      'http.clientCert and http.clientKey belong together; give both, or neither',
    );
  }
  try {
    // What is no certificate the context itself would pass over in silence.
    if (ca !== undefined) new X509Certificate(ca);
    const plain = authorities && createSecureContext({ ca: authorities });
    if (clientCert === undefined || clientKey === undefined) return { plain, certified: plain };
    return {
      plain,
      certified: createSecureContext({
        ...(authorities && { ca: authorities }),
        cert: clientCert,
        key: clientKey.reveal(),
      }),
    };
  } catch {
    // OpenSSL's message may quote what it could not read, which may be the key.
    throw new PluginError(
      'CONFIG_INVALID',
      'http.ca, http.clientCert or http.clientKey cannot be used; give PEM files, and the key of that certificate without a passphrase',
    );
  }
}
