import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PluginCases, RegistryDocument } from './cases.ts';
import type { Fault } from './faults.ts';
import {
  type FaultyServer,
  type RecordedRequest,
  type ScriptedAnswer,
  startFaultyServer,
} from './faulty-server.ts';

/** A registry of the author's documents. */
export interface TestRegistry extends AsyncDisposable {
  readonly origin: string;
  /** The server, where it is one. */
  readonly server: FaultyServer | undefined;
  /** Makes the first `count` publications what is published. */
  publish(count: number): Promise<void>;
  /** Spoils every answer from now on, or those for one path. */
  spoil(fault: Pick<Fault, 'spoil'>, path?: string): void;
  /** Makes the links in the documents lead to another origin from now on. */
  pointTo(origin: string): Promise<void>;
  /** Gives no ETag from now on. */
  dropValidators(): void;
}

/**
 * Starts a registry with all of the publications, on loopback or, for a plugin without HTTP, in a temporary
 * directory.
 */
export async function startRegistry(cases: PluginCases): Promise<TestRegistry> {
  const registry =
    cases.withoutHttp === undefined ? await startHttpRegistry(cases) : await writeFileRegistry(cases);
  await registry.publish(cases.publications.length);
  return registry;
}

async function startHttpRegistry(cases: PluginCases): Promise<TestRegistry> {
  let documents: Readonly<Record<string, RegistryDocument>> = {};
  let spoiling: { readonly fault: Pick<Fault, 'spoil'>; readonly path: string | undefined } | undefined;
  let validators = true;

  const answer = (request: RecordedRequest): ScriptedAnswer => {
    const path = pathOf(request);
    const document = documents[request.path] ?? documents[path];
    const whole: ScriptedAnswer = document === undefined ? { status: 404 } : toAnswer(document, request);
    if (spoiling && (spoiling.path ?? path) === path) return spoiling.fault.spoil(whole, request);
    return validators ? answerConditionally(whole, request) : whole;
  };

  const server = await startFaultyServer({ otherwise: answer });
  return {
    origin: server.origin,
    server,
    async publish(count) {
      documents = cases.documents({ origin: server.origin, versions: cases.publications.slice(0, count) });
    },
    async pointTo(origin) {
      documents = cases.documents({ origin, versions: cases.publications });
    },
    spoil(fault, path) {
      spoiling = { fault, path };
    },
    dropValidators() {
      validators = false;
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

async function writeFileRegistry(cases: PluginCases): Promise<TestRegistry> {
  const root = await mkdtemp(join(tmpdir(), 'sluice-plugin-'));
  const directory = join(root, 'repository');
  const origin = pathToFileURL(directory).href;
  const notHere = () => {
    throw new Error('a registry of files has no HTTP to spoil');
  };
  return {
    origin,
    server: undefined,
    async publish(count) {
      await rm(directory, { recursive: true, force: true });
      const documents = cases.documents({ origin, versions: cases.publications.slice(0, count) });
      for (const [path, document] of Object.entries(documents)) {
        if (typeof document !== 'string' && !(document instanceof Uint8Array))
          throw new Error(`${path} is no text or bytes, as a file is`);
        await mkdir(dirname(join(directory, path)), { recursive: true });
        await writeFile(join(directory, path), document);
      }
    },
    spoil: notHere,
    pointTo: notHere,
    dropValidators: notHere,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** The path of a request, without its query. */
export function pathOf(request: RecordedRequest): string {
  return request.path.split('?', 1)[0] ?? request.path;
}

function toAnswer(document: RegistryDocument, request: RecordedRequest): ScriptedAnswer {
  if (typeof document === 'string' || document instanceof Uint8Array) return { body: document };
  return typeof document === 'function' ? document(request) : document;
}

function answerConditionally(answer: ScriptedAnswer, request: RecordedRequest): ScriptedAnswer {
  if ((answer.status ?? 200) !== 200 || answer.headers?.['etag'] !== undefined) return answer;
  const etag = `"${createHash('sha1')
    .update(answer.body ?? '')
    .digest('hex')}"`;
  const headers = { ...answer.headers, etag };
  return request.headers['if-none-match'] === etag ? { status: 304, headers } : { ...answer, headers };
}
