import {
  type DuePackage,
  eachPackage,
  type Http,
  type HttpResponse,
  isPluginError,
  type PackageAnswer,
  PluginError,
  type PollAnswer,
  type PollCall,
} from '@sluice/plugin-sdk';
import type { Connect, Connection } from './connection.ts';
import { type Form, type KnownDocument, makeCursor, readCursor } from './cursor.ts';
import { readPackument } from './packument.ts';
import { toRevision } from './revision.ts';
import { selectVersions } from './selection.ts';
import type { packageFields } from './settings.ts';

type Due = DuePackage<typeof packageFields>;

interface ReadDocument {
  readonly form: Form;
  readonly response: HttpResponse;
}

const forms = {
  full: { accept: 'application/json', maxBytes: 32 * 1024 * 1024 },
  abbreviated: { accept: 'application/vnd.npm.install-v1+json', maxBytes: 64 * 1024 * 1024 },
} as const satisfies Record<Form, { accept: string; maxBytes: number }>;

/** Whether the registry answers as npm registries do. Throws where it does not. */
export async function checkRegistry(connect: Connect): Promise<void> {
  const { url, http } = connect();
  const ping = await http.request(new URL('-/ping', url).href, { accept: [404] });
  // Not every registry has a ping; without one, that something answers at its address is all there is to learn.
  if (ping.status === 404) await http.request(url);
  else ping.json();
}

/** Asks for each package's document; see {@link eachPackage}. */
export function pollRegistry(connect: Connect, packages: readonly Due[], call: PollCall): AsyncIterable<PollAnswer> {
  return eachPackage<typeof packageFields>((due) => askPackage(due, connect(due.config.name)))(packages, call);
}

async function askPackage({ config, cursor }: Due, connection: Connection): Promise<PackageAnswer> {
  const url = new URL(config.name.replace('/', '%2f'), connection.url).href;
  const { form, response } = await readDocument(connection, url, readCursor(cursor, url)).catch((thrown) => {
    throw isPluginError(thrown) && thrown.code === 'NOT_FOUND' ? notFound(config.name, connection.url, thrown) : thrown;
  });
  if (response.notModified) return { unchanged: true };
  const next = makeCursor(url, form, response);
  if (next === cursor) return { unchanged: true };
  const packument = readPackument(response.json(), config.name);
  const { versions, current } = selectVersions(packument, config);
  const revisions = versions.map((version) => toRevision(packument, version));
  return { revisions, cursor: next, ...(current !== undefined && { current }) };
}

/** The full document holds who published when; the abbreviated one stands in where that is too large to be taken. */
async function readDocument({ http }: Connection, url: string, known: KnownDocument | undefined): Promise<ReadDocument> {
  const form = known?.form ?? 'full';
  try {
    return { form, response: await request(http, url, form, known?.etag) };
  } catch (thrown) {
    if (form === 'abbreviated' || !isPluginError(thrown) || thrown.code !== 'TOO_LARGE') throw thrown;
    return { form: 'abbreviated', response: await request(http, url, 'abbreviated') };
  }
}

function request(http: Http, url: string, form: Form, etag?: string): Promise<HttpResponse> {
  const { accept, maxBytes } = forms[form];
  return http.request(url, { headers: { accept }, maxBytes, ...(etag !== undefined && { validators: { etag } }) });
}

function notFound(name: string, registry: string, cause: unknown): PluginError {
  const message = `${registry} has no package "${name}", or shows it only to others: check the name and the credentials`;
  return new PluginError('NOT_FOUND', message, { cause });
}
