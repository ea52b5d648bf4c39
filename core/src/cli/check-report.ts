import type { Revision } from '@sluice/plugin-sdk';
import { toRevisionDocument } from '../api/revision-document.ts';
import { strongestDigest } from '../store/digests.ts';
import type { CheckedReach } from './check-reach.ts';
import type { CheckedPackage } from './check-repository.ts';
import type { CliSurroundings } from './surroundings.ts';

/** What a package had to say, as `check --json` prints it. */
export function toDocument(checked: CheckedPackage): Readonly<Record<string, unknown>> {
  if ('problem' in checked)
    return {
      package: checked.package,
      outcome: 'problem',
      current: null,
      revisions: [],
      refused: [],
      problem: checked.problem,
    };
  const { revisions, refused, current = null } = checked;
  return {
    package: checked.package,
    outcome: 'revisions',
    current,
    revisions: revisions.map(toRevisionDocument),
    refused,
    problem: null,
  };
}

/** Prints for people what is known of a repository without a package. */
export function printReach(
  repository: string,
  { problem }: CheckedReach,
  { print, warn }: CliSurroundings,
): void {
  const unknown =
    'no package of it is configured, so whether packages can be read is not known: configure one, and check again';
  if (problem) warn(`${repository}: ${problem.code}: ${problem.message}; ${unknown}`);
  else print(`${repository}: can be reached; ${unknown}`);
}

/** Prints for people what a package had to say, and its `shown` newest revisions. */
export function printPackage(
  repository: string,
  checked: CheckedPackage,
  shown: number,
  { print, warn }: CliSurroundings,
): void {
  const name = `${repository}/${checked.package}`;
  if ('problem' in checked) {
    warn(`${name}: ${checked.problem.code}: ${checked.problem.message}`);
    return;
  }
  const { revisions, refused, current } = checked;
  for (const { version, reason } of refused) warn(`${name}: version ${version} is refused: ${reason}`);
  print(
    `${name}: ${revisions.length} ${revisions.length === 1 ? 'revision' : 'revisions'}${current === undefined ? '' : `, the pointer names ${current}`}`,
  );
  if (revisions.length > shown && shown > 1) print(`  ... ${revisions.length - shown} older`);
  for (const revision of revisions.slice(-shown)) print(`  ${describe(revision)}`);
}

function describe({ version, publishedAt, digests = {}, standing = 'ok', warning }: Revision): string {
  const published = publishedAt === undefined ? '' : new Date(publishedAt).toISOString();
  const parts = [
    version,
    published,
    strongestDigest(digests),
    standing === 'ok' ? '' : standing,
    warning ?? '',
  ];
  return parts.filter((part) => part !== '').join('  ');
}
