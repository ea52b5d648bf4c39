import type { Revision } from '@sluice/plugin-sdk';
import { strongestDigest } from '../store/digests.ts';
import { toIso } from './paging.ts';

/** A revision as the API and `check --json` show it (SURFACE); what is absent is null. */
export function toRevisionDocument(revision: Revision): Readonly<Record<string, unknown>> {
  const {
    version,
    digests = {},
    location,
    publishedAt,
    publisher,
    comment,
    trackbackUrl,
    purl,
    standing = 'ok',
    warning,
    data = {},
  } = revision;
  return {
    version,
    digest: strongestDigest(digests) || null,
    digests,
    location: location ?? null,
    publishedAt: toIso(publishedAt),
    publisher: publisher ?? null,
    comment: comment ?? null,
    trackbackUrl: trackbackUrl ?? null,
    purl: purl ?? null,
    standing,
    warning: warning ?? null,
    data,
  };
}
