import type { Revision } from '@sluice/plugin-sdk';
import type { Selectable } from 'kysely';
import { readPublishingRun } from './published-by.ts';
import type { RevisionTable } from './schema.ts';

type FactColumns = Pick<
  Selectable<RevisionTable>,
  | 'version'
  | 'standing'
  | 'digests'
  | 'location'
  | 'published_at'
  | 'publisher'
  | 'comment'
  | 'trackback_url'
  | 'purl'
  | 'warning'
  | 'files'
  | 'data'
>;

/** Facts that queries look for, found in the others. */
type FoundColumns = Pick<Selectable<RevisionTable>, 'published_by'>;

/** A revision's facts as the columns of its row. */
export function toColumns(facts: Revision): FactColumns & FoundColumns {
  return {
    version: facts.version,
    standing: facts.standing ?? 'ok',
    digests: JSON.stringify(facts.digests ?? {}),
    location: facts.location ?? null,
    published_at: facts.publishedAt ?? null,
    publisher: facts.publisher ?? null,
    comment: facts.comment ?? null,
    trackback_url: facts.trackbackUrl ?? null,
    purl: facts.purl ?? null,
    warning: facts.warning ?? null,
    files: JSON.stringify(facts.files ?? []),
    data: JSON.stringify(facts.data ?? {}),
    published_by: readPublishingRun(facts.data),
  };
}

/** The facts in a row; what nobody told is missing. */
export function toFacts(row: FactColumns): Revision {
  const facts: { -readonly [K in keyof Revision]: Revision[K] } = {
    version: row.version,
    standing: row.standing,
  };
  if (row.digests !== '{}') facts.digests = JSON.parse(row.digests);
  if (row.location !== null) facts.location = row.location;
  if (row.published_at !== null) facts.publishedAt = row.published_at;
  if (row.publisher !== null) facts.publisher = row.publisher;
  if (row.comment !== null) facts.comment = row.comment;
  if (row.trackback_url !== null) facts.trackbackUrl = row.trackback_url;
  if (row.purl !== null) facts.purl = row.purl;
  if (row.warning !== null) facts.warning = row.warning;
  if (row.files !== '[]') facts.files = JSON.parse(row.files);
  if (row.data !== '{}') facts.data = JSON.parse(row.data);
  return facts;
}
