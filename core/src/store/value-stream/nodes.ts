import type { Status } from '../../domain/status.ts';
import { chunk } from '../chunk.ts';
import type { RevisionTable } from '../schema.ts';
import type { Tx } from '../store.ts';
import type { NodeIds } from './graph.ts';

/** A node of a value stream, as it is shown. */
export type StreamNode = PackageNode | RunNode;

/** A version of a package. */
export interface PackageNode {
  readonly id: string;
  readonly kind: 'package';
  readonly package: string;
  readonly version: string;
  readonly label: string;
  readonly status: RevisionTable['state'];
}

/** A run, with how its stages are. */
export interface RunNode {
  readonly id: string;
  readonly kind: 'run';
  readonly pipeline: string;
  readonly counter: number;
  readonly label: string;
  readonly status: Status;
  readonly stages: readonly StageStatus[];
}

/** How the newest attempt at a stage is. */
export interface StageStatus {
  readonly name: string;
  readonly counter: number;
  readonly status: Status;
}

/** Reads nodes; by their kind and id. */
export async function readNodes(
  tx: Tx,
  { runs, revisions }: NodeIds,
): Promise<ReadonlyMap<string, StreamNode>> {
  const nodes = new Map<string, StreamNode>();
  for (const ids of chunk(revisions)) {
    for (const { key, node } of await readPackageNodes(tx, ids)) nodes.set(`package ${key}`, node);
  }
  for (const ids of chunk(runs)) {
    for (const { key, node } of await readRunNodes(tx, ids)) nodes.set(`run ${key}`, node);
  }
  return nodes;
}

async function readPackageNodes(tx: Tx, ids: readonly number[]) {
  const rows = await tx.db
    .selectFrom('revision')
    .innerJoin('package', 'package.id', 'revision.package_id')
    .innerJoin('repository', 'repository.id', 'package.repository_id')
    .select([
      'revision.id',
      'revision.version',
      'revision.state',
      'package.name',
      'repository.name as repository',
    ])
    .where('revision.id', 'in', ids)
    .execute();
  return rows.map(({ id, version, state, name, repository }) => {
    const full = `${repository}/${name}`;
    const of = { package: full, version, label: version, status: state };
    return { key: id, node: { id: `${full}@${version}`, kind: 'package' as const, ...of } };
  });
}

async function readRunNodes(tx: Tx, ids: readonly number[]) {
  const rows = await tx.db
    .selectFrom('run')
    .innerJoin('pipeline', 'pipeline.id', 'run.pipeline_id')
    .select(['run.id', 'pipeline.name as pipeline', 'run.counter', 'run.label', 'run.status'])
    .where('run.id', 'in', ids)
    .execute();
  const stages = await tx.db
    .selectFrom('stage')
    .select(['run_id', 'name', 'counter', 'status'])
    .where('run_id', 'in', ids)
    .where('latest', '=', 1)
    .orderBy('position')
    .execute();
  const byRun = Map.groupBy(stages, ({ run_id }) => run_id);
  return rows.map(({ id, ...run }) => {
    const ofRun = (byRun.get(id) ?? []).map(({ run_id: _, ...stage }) => stage);
    return {
      key: id,
      node: { id: `${run.pipeline}/${run.counter}`, kind: 'run' as const, ...run, stages: ofRun },
    };
  });
}
