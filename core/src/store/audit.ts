import { type Bottom, contains, type SearchPage, type SearchRequest, toSearchPage } from './search.ts';
import type { Tx } from './store.ts';

/** Something that somebody did, to be recorded. */
export interface NewAudit {
  /** The token's name, or `anonymous`, `hook`, `configuration`. */
  readonly actor: string;
  readonly person: string;
  /** What was done, as a word: `trigger`, `poll`, `acknowledge`. */
  readonly action: string;
  /** What it was done to: `npmjs`, `npmjs/fastify/5.2.1`, `acceptance/17`. */
  readonly subject: string;
  /** The address that it came from; null for what came from nowhere but the server itself. */
  readonly from: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** An entry of the audit log. */
export interface Audit extends NewAudit {
  readonly id: number;
  readonly at: number;
}

/** Which entries: those to which all that is given applies. */
export interface AuditFilter {
  /** Each is a fragment of the person's name, the token's, what was done, to what, or how. */
  readonly words?: readonly string[] | undefined;
  /** A fragment of the person's name, or of the token's. */
  readonly person?: string | undefined;
  /** A fragment of what was done. */
  readonly action?: string | undefined;
  /** A fragment of what it was done to. */
  readonly subject?: string | undefined;
  /** The whole name of a token. */
  readonly actor?: string | undefined;
  /** Not before this, in milliseconds. */
  readonly since?: number | undefined;
  /** Before this, in milliseconds. */
  readonly until?: number | undefined;
}

/** Records what somebody did. The database refuses to change or delete it afterwards. */
export async function appendAudit(tx: Tx, { from, details, ...entry }: NewAudit, now: number): Promise<void> {
  await tx.db
    .insertInto('audit')
    .values({ at: now, ...entry, address: from, details: JSON.stringify(details) })
    .execute();
}

/** Searches the audit log, newest first. */
export async function listAudit(tx: Tx, request: AuditFilter & SearchRequest): Promise<SearchPage<Audit>> {
  const from = await findPlace(tx, request.after);
  if (!from) return { items: [], next: null, searchedTo: null };
  const bottom = await findBottom(tx, request, from);
  const rows = await selectFound(tx, request, from)
    .selectAll()
    .$if(bottom !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('at', 'id'), '>=', tuple(bottom?.at ?? 0, bottom?.id ?? 0)),
      ),
    )
    .limit(request.limit + 1)
    .execute();
  const { items, ...page } = toSearchPage(rows, request.limit, bottom);
  return {
    ...page,
    items: items.map(({ address, details, ...row }) => ({
      ...row,
      from: address,
      details: JSON.parse(details),
    })),
  };
}

/** By time, then by id; the time of what is after every entry is endless. */
async function findPlace(tx: Tx, after: number | undefined): Promise<Bottom | undefined> {
  if (after === undefined) return { at: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };
  return tx.db
    .selectFrom('audit')
    .select(['id', 'at'])
    .where('id', '<=', after)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** The last entry that is looked at; undefined where all are. */
async function findBottom(
  tx: Tx,
  request: AuditFilter & SearchRequest,
  from: Bottom,
): Promise<Bottom | undefined> {
  const { words = [], person, action, subject } = request;
  if (words.length === 0 && person === undefined && action === undefined && subject === undefined)
    return undefined;
  return selectRange(tx, request, from)
    .select(['id', 'at'])
    .offset(request.depth - 1)
    .limit(1)
    .executeTakeFirst();
}

const searched = ['actor', 'person', 'action', 'subject', 'details'] as const;

function selectFound(tx: Tx, { words = [], person, action, subject, ...filter }: AuditFilter, from: Bottom) {
  let query = selectRange(tx, filter, from);
  for (const word of words)
    query = query.where((e) => e.or(searched.map((column) => contains(e.ref(column), word))));
  if (person !== undefined) {
    query = query.where((e) => e.or([contains(e.ref('actor'), person), contains(e.ref('person'), person)]));
  }
  if (action !== undefined) query = query.where((e) => contains(e.ref('action'), action));
  if (subject !== undefined) query = query.where((e) => contains(e.ref('subject'), subject));
  return query;
}

function selectRange(tx: Tx, { actor, since, until }: AuditFilter, from: Bottom) {
  let query = tx.db
    .selectFrom('audit')
    .where(({ eb, refTuple, tuple }) => eb(refTuple('at', 'id'), '<', tuple(from.at, from.id)));
  if (actor !== undefined) query = query.where('actor', '=', actor);
  if (since !== undefined) query = query.where('at', '>=', since);
  if (until !== undefined) query = query.where('at', '<', until);
  return query.orderBy('at', 'desc').orderBy('id', 'desc');
}
