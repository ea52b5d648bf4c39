import {
  type DuePackage,
  eachPackage,
  type PackageAnswer,
  PluginError,
  type PollAnswer,
  type PollCall,
} from '@sluice/plugin-sdk';
import type { Connect } from './connection.ts';
import { makeCursor, readCursor } from './cursor.ts';
import { type FetchedDocument, withDocument } from './document.ts';
import type { Lane } from './lane.ts';
import { readPackument } from './packument.ts';
import { toRevisions } from './revision.ts';
import { selectVersions } from './selection.ts';
import type { packageFields } from './settings.ts';

type Due = DuePackage<typeof packageFields>;

/** What a poll works with. */
export interface Means {
  readonly connect: Connect;
  readonly lane: Lane;
}

/** Asks for each package's document; see {@link eachPackage}. */
export function pollRegistry(
  means: Means,
  packages: readonly Due[],
  call: PollCall,
): AsyncIterable<PollAnswer> {
  return eachPackage<typeof packageFields>((due) => askPackage(due, means))(packages, call);
}

async function askPackage(due: Due, { connect, lane }: Means): Promise<PackageAnswer> {
  const { url: registry, http } = connect(due.config.name);
  // What a name may be made of is what a URL's path may be made of.
  const url = registry + due.config.name.replace('/', '%2f');
  const source = { http, url, known: readCursor(due.cursor, url), lane };
  return await withDocument(source, (document) => toAnswer(due, url, document));
}

function toAnswer({ config, cursor }: Due, url: string, { form, response }: FetchedDocument): PackageAnswer {
  if (response.notModified) return { unchanged: true };
  if (response.status === 404 || response.status === 410) throw notFound(config.name, url);
  const next = makeCursor(url, form, response);
  if (next === cursor) return { unchanged: true };
  const packument = readPackument(response.json(), config.name);
  const { versions, current } = selectVersions(packument, config);
  return {
    revisions: toRevisions(packument, versions),
    cursor: next,
    ...(current !== undefined && { current }),
  };
}

function notFound(name: string, url: string): PluginError {
  const message = `there is no package "${name}" at ${url}, or it is shown only to others: check the name and the credentials`;
  return new PluginError('NOT_FOUND', message);
}
