import { createHash } from 'node:crypto';
import { type ScriptedAnswer, startFaultyServer } from '@sluice/plugin-sdk/testing';

/** What a registry does instead of answering with its document. */
export type Spoil = (document: string) => ScriptedAnswer;

/** An npm registry of one package, `watched`, that fails when it is told to. */
export interface ScriptedRegistry {
  /** With a trailing slash; the same when it was down. */
  readonly url: string;
  /** When the package was asked for, in milliseconds, each time. */
  readonly asks: readonly number[];
  publish(version: string, manifest?: Readonly<Record<string, unknown>>): void;
  /** Gives a version other bytes. */
  republish(version: string): void;
  /** Does not list a version any more. */
  unpublish(version: string): void;
  /** Fails so from now on; without an argument it is well again. */
  spoil(spoil?: Spoil): void;
  /** Nothing listens at its address any more. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a registry on loopback that has no version yet. */
export async function startScriptedRegistry(): Promise<ScriptedRegistry> {
  const versions = new Map<string, Readonly<Record<string, unknown>>>();
  let spoilt: Spoil | undefined;
  const asks: number[] = [];
  const answer = ({ path }: { readonly path: string }): ScriptedAnswer => {
    if (path === '/') return { body: '{}' };
    if (path !== '/watched') return { status: 404 };
    asks.push(Date.now());
    const document = writePackument(url, versions);
    return spoilt?.(document) ?? { body: document };
  };
  let server = await startFaultyServer({ otherwise: answer });
  const url = `${server.origin}/`;
  const port = Number(new URL(url).port);
  return {
    url,
    asks,
    publish(version, manifest = {}) {
      versions.set(version, { ...manifest, publishedAt: new Date().toISOString() });
    },
    republish(version) {
      versions.set(version, { ...versions.get(version), bytes: `other bytes of ${version}` });
    },
    unpublish(version) {
      versions.delete(version);
    },
    spoil(spoil) {
      spoilt = spoil;
    },
    goDown: () => server.close(),
    async comeUp() {
      server = await startFaultyServer({ otherwise: answer, port });
    },
    close: () => server.close(),
  };
}

/** The strongest digest of a version as Sluice writes it. */
export function digestOf(version: string): string {
  return `sha512:${hash(version).toString('hex')}`;
}

function writePackument(
  url: string,
  versions: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): string {
  const name = 'watched';
  const entries = [...versions].map(([version, { publishedAt: _, bytes = version, ...manifest }]) => {
    const dist = {
      tarball: `${url}${name}/-/${name}-${version}.tgz`,
      integrity: `sha512-${hash(String(bytes)).toString('base64')}`,
    };
    return [version, { name, version, dist, ...manifest }];
  });
  const time = Object.fromEntries([...versions].map(([version, { publishedAt }]) => [version, publishedAt]));
  const latest = [...versions.keys()].at(-1);
  return JSON.stringify({ name, 'dist-tags': { latest }, versions: Object.fromEntries(entries), time });
}

function hash(version: string): Buffer {
  return createHash('sha512').update(version).digest();
}
