import { revisionIsUnacknowledged } from './index-conditions.ts';
import type { Tx } from './store.ts';

/** A version of which other bytes were published, and nobody has said that they are right. */
export interface Unacknowledged {
  /** `repository/package` */
  readonly package: string;
  readonly version: string;
}

/** Such versions of the configured packages, by package, newest version first, at most `limit`. */
export async function listUnacknowledged(tx: Tx, limit: number): Promise<readonly Unacknowledged[]> {
  const rows = await tx.db
    .selectFrom('revision')
    .innerJoin('package', 'package.id', 'revision.package_id')
    .innerJoin('repository', 'repository.id', 'package.repository_id')
    .select(['repository.name as repository', 'package.name as package', 'revision.version'])
    .where(revisionIsUnacknowledged)
    .where('package.active', '=', 1)
    .where('repository.active', '=', 1)
    .orderBy('revision.package_id')
    .orderBy('revision.rank', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ repository, package: name, version }) => ({ package: `${repository}/${name}`, version }));
}
