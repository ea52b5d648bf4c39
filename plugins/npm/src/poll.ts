import {
  type DuePackage,
  eachPackage,
  isPluginError,
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
export function pollRegistry(means: Means, packages: readonly Due[], call: PollCall): AsyncIterable<PollAnswer> {
  return eachPackage<typeof packageFields>((due) => askPackage(due, means))(packages, call);
}

async function askPackage(due: Due, { connect, lane }: Means): Promise<PackageAnswer> {
  const { name } = due.config;
  const { url: registry, http } = connect(name);
  const url = new URL(name.replace('/', '%2f'), registry).href;
  const source = { http, url, known: readCursor(due.cursor, url), lane };
  try {
    return await withDocument(source, (document) => toAnswer(due, url, document));
  } catch (thrown) {
    if (!isPluginError(thrown) || thrown.code !== 'NOT_FOUND') throw thrown;
    const message = `${registry} has no package "${name}", or shows it only to others: check the name and the credentials`;
    throw new PluginError('NOT_FOUND', message, { cause: thrown });
  }
}

function toAnswer({ config, cursor }: Due, url: string, { form, response }: FetchedDocument): PackageAnswer {
  if (response.notModified) return { unchanged: true };
  const next = makeCursor(url, form, response);
  if (next === cursor) return { unchanged: true };
  const packument = readPackument(response.json(), config.name);
  const { versions, current } = selectVersions(packument, config);
  return { revisions: toRevisions(packument, versions), cursor: next, ...(current !== undefined && { current }) };
}
