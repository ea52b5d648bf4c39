import type { Tx } from './store.ts';

/** A package, and which of its versions; all where they are left out. */
export interface VersionsAsked {
  readonly packageId: number;
  readonly versions: readonly string[] | undefined;
}

/**
 * The ids of the decisions about versions of a package, each with the version. A start that fulfilled several
 * triggers is one decision: it is about the versions of all of them.
 */
export function selectAbout(tx: Tx, { packageId, versions }: VersionsAsked) {
  const named = tx.db
    .selectFrom('decision')
    .select(['decision.id', 'decision.version'])
    .where('decision.package_id', '=', packageId)
    .$if(versions !== undefined, (query) => query.where('decision.version', 'in', versions ?? []));
  const fulfilled = tx.db
    .selectFrom('revision')
    .innerJoin('run_package', 'run_package.revision_id', 'revision.id')
    .innerJoin('trigger', (join) =>
      join
        .onRef('trigger.pipeline_id', '=', 'run_package.pipeline_id')
        .onRef('trigger.package_id', '=', 'revision.package_id')
        .onRef('trigger.version', '=', 'revision.version')
        .onRef('trigger.run_id', '=', 'run_package.run_id'),
    )
    .innerJoin('decision', 'decision.run_id', 'run_package.run_id')
    .select(['decision.id', 'revision.version'])
    .where('revision.package_id', '=', packageId)
    .where('decision.outcome', '=', 'started')
    // What people let in is about the run alone.
    .where('decision.package_id', 'is not', null)
    .$if(versions !== undefined, (query) => query.where('revision.version', 'in', versions ?? []));
  return named.union(fulfilled);
}
