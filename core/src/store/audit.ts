import type { Page, PageRequest } from './page.ts';
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

/** Which entries. */
export interface AuditFilter {
  /** With everything below it: `acceptance` includes `acceptance/17`. */
  readonly subject?: string | undefined;
  /** The name of a token. */
  readonly actor?: string | undefined;
}

/** Records what somebody did. The database refuses to change or delete it afterwards. */
export async function appendAudit(tx: Tx, { from, details, ...entry }: NewAudit, now: number): Promise<void> {
  await tx.db
    .insertInto('audit')
    .values({ at: now, ...entry, address: from, details: JSON.stringify(details) })
    .execute();
}

/** The audit log, newest first. */
export async function listAudit(tx: Tx, { subject, actor, after, limit }: AuditFilter & PageRequest): Promise<Page<Audit>> {
  let query = tx.db.selectFrom('audit').selectAll();
  if (actor !== undefined) query = query.where('actor', '=', actor);
  if (subject !== undefined) {
    // "0" is the character after "/".
    query = query.where(({ or, and, eb }) =>
      or([eb('subject', '=', subject), and([eb('subject', '>=', `${subject}/`), eb('subject', '<', `${subject}0`)])]),
    );
  }
  if (after !== undefined) query = query.where('id', '<', after);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  return {
    items: shown.map(({ address, details, ...row }) => ({ ...row, from: address, details: JSON.parse(details) })),
    next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
  };
}
