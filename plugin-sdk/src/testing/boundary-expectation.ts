import { PackageURL } from 'packageurl-js';
import { expect } from 'vitest';
import { checkRevision } from '../boundary.ts';
import type { Revision } from '../revision.ts';

/**
 * Fails where a revision would be refused at the boundary, or lose something there, or carries a purl that is
 * none.
 *
 * `files`: whether the repository is one of files.
 */
export function expectWithinBoundary(revision: Revision, { files }: { readonly files: boolean }): void {
  const checked = checkRevision(revision, { files });
  expect(
    'refused' in checked ? checked.refused : undefined,
    `revision ${revision.version} is refused at the boundary`,
  ).toBeUndefined();
  if ('refused' in checked) return;
  const given = Object.entries(revision).filter(([, value]) => value !== undefined);
  const kept = Object.keys(checked.revision);
  const lost = given.map(([name]) => name).filter((name) => !kept.includes(name));
  expect(lost, `what revision ${revision.version} loses at the boundary`).toEqual([]);
  if (revision.purl !== undefined) expect(() => PackageURL.fromString(String(revision.purl))).not.toThrow();
}
