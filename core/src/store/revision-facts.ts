import type { Revision } from '@sluice/plugin-sdk';
import type { Selectable } from 'kysely';
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

/** A revision's facts as the columns of its row. */
export function toColumns(facts: Revision): FactColumns {
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
  };
}

/** The facts in a row; what nobody told is missing. */
export function toFacts(row: FactColumns): Revision {
  return {
    version: row.version,
    standing: row.standing,
    ...(row.digests !== '{}' && { digests: JSON.parse(row.digests) }),
    ...(row.location !== null && { location: row.location }),
    ...(row.published_at !== null && { publishedAt: row.published_at }),
    ...(row.publisher !== null && { publisher: row.publisher }),
    ...(row.comment !== null && { comment: row.comment }),
    ...(row.trackback_url !== null && { trackbackUrl: row.trackback_url }),
    ...(row.purl !== null && { purl: row.purl }),
    ...(row.warning !== null && { warning: row.warning }),
    ...(row.files !== '[]' && { files: JSON.parse(row.files) }),
    ...(row.data !== '{}' && { data: JSON.parse(row.data) }),
  };
}
