import type { RevisionTable } from './schema.ts';
import type { Tx } from './store.ts';

/** A revision behind a run that is not what it was. */
export interface Objection {
  readonly runId: number;
  readonly packageId: number;
  readonly package: string;
  readonly version: string;
  readonly state: Exclude<RevisionTable['state'], 'published'>;
}

/** Which of the revisions behind some runs are republished or withdrawn. */
export async function readObjections(tx: Tx, runIds: readonly number[]): Promise<readonly Objection[]> {
  if (runIds.length === 0) return [];
  const rows = await tx.db
    .selectFrom('run_package')
    .innerJoin('revision', 'revision.id', 'run_package.revision_id')
    .innerJoin('package', 'package.id', 'run_package.package_id')
    .innerJoin('repository', 'repository.id', 'package.repository_id')
    .select(['run_package.run_id as runId', 'run_package.package_id as packageId', 'revision.version', 'revision.state'])
    .select(['repository.name as repositoryName', 'package.name as packageName'])
    .where('run_package.run_id', 'in', runIds)
    .where('revision.state', '<>', 'published')
    .orderBy('run_package.run_id')
    .orderBy('run_package.package_id')
    .execute();
  return rows.flatMap(({ repositoryName, packageName, state, ...row }) =>
    state === 'published' ? [] : [{ ...row, state, package: `${repositoryName}/${packageName}` }],
  );
}
