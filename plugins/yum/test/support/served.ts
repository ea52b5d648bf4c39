import {
  type FaultyServer,
  type RecordedRequest,
  type ScriptedAnswer,
  startFaultyServer,
} from '@sluice/plugin-sdk/testing';
import { type MadeRpm, writePrimary } from './primary.ts';
import { type MadeRepomd, writeRepomd } from './repomd.ts';

/** A repository on loopback whose documents a test changes at will. */
export interface ServedRepository extends AsyncDisposable {
  /** With a slash at the end. */
  readonly url: string;
  readonly server: FaultyServer;
  /** By path, without the slash that it begins with; the rest is 404. */
  readonly documents: Map<string, string | Uint8Array | ((request: RecordedRequest) => ScriptedAnswer)>;
  /** Makes these rpms what is published. */
  publish(rpms: readonly MadeRpm[], repomd?: Partial<MadeRepomd>): void;
  /** The paths that were asked since the last call. */
  asked(): readonly string[];
}

/** Starts an empty repository. */
export async function serveRepository(): Promise<ServedRepository> {
  const documents: ServedRepository['documents'] = new Map();
  const server = await startFaultyServer({
    otherwise(request) {
      const document = documents.get(request.path.slice(1));
      if (document === undefined) return { status: 404 };
      return typeof document === 'function' ? document(request) : { body: document };
    },
  });
  let seen = 0;
  return {
    url: `${server.origin}/`,
    server,
    documents,
    publish(rpms, repomd = {}) {
      const made = { stored: Buffer.from(writePrimary(rpms)), ...repomd };
      documents.set(made.href ?? 'repodata/primary.xml', made.stored);
      documents.set('repodata/repomd.xml', writeRepomd(made));
    },
    asked() {
      const paths = server.requests.slice(seen).map(({ path }) => path.slice(1));
      seen = server.requests.length;
      return paths;
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}
