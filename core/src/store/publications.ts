import type { Config } from '../config/config.ts';
import { findPackages, findPipelines } from './pipelines.ts';
import type { Tx } from './store.ts';

/** Which pipelines' runs publish which packages, both ways, by id. */
export interface Publishing {
  readonly pipelinesOf: ReadonlyMap<number, readonly number[]>;
  readonly packagesOf: ReadonlyMap<number, readonly number[]>;
}

/** What the configuration says about who publishes what (`publishes:`). */
export async function readPublishing(tx: Tx, { pipelines }: Config): Promise<Publishing> {
  const named = [...pipelines.values()].flatMap(({ name, publishes }) =>
    publishes.map((one) => ({ pipeline: name, one })),
  );
  const packages = await findPackages(
    tx,
    named.map(({ one }) => splitPackage(one)),
  );
  const ids = await findPipelines(tx, [...new Set(named.map(({ pipeline }) => pipeline))]);
  const pairs = named.flatMap(({ pipeline, one }) => {
    const [pipelineId, packageId] = [ids.get(pipeline), packages.get(one)];
    return pipelineId === undefined || packageId === undefined ? [] : [{ pipelineId, packageId }];
  });
  const byPackage = Map.groupBy(pairs, ({ packageId }) => packageId);
  const byPipeline = Map.groupBy(pairs, ({ pipelineId }) => pipelineId);
  return {
    pipelinesOf: new Map([...byPackage].map(([id, of]) => [id, of.map(({ pipelineId }) => pipelineId)])),
    packagesOf: new Map([...byPipeline].map(([id, of]) => [id, of.map(({ packageId }) => packageId)])),
  };
}

/** A package's name in its two parts; neither can hold a slash. */
export function splitPackage(name: string): { readonly repository: string; readonly package: string } {
  const [repository = '', rest = ''] = name.split('/');
  return { repository, package: rest };
}

/** That a run published a revision. */
export interface Publication {
  readonly runId: number;
  readonly pipelineId: number;
  readonly revisionId: number;
}

/**
 * Which runs published some revisions. A revision's data names its run (`SLUICE_RUN`: `pipeline/counter`);
 * else it is the newest run, older than the revision's detection, whose label is the version, or `v` and the
 * version. Only a pipeline that publishes the package by the configuration counts.
 */
export async function findPublishers(
  tx: Tx,
  revisionIds: readonly number[],
  publishing: Publishing,
): Promise<readonly Publication[]> {
  if (publishing.pipelinesOf.size === 0 || revisionIds.length === 0) return [];
  const rows = await tx.db
    .selectFrom('revision')
    .select(['id', 'package_id', 'version', 'detected_at', 'published_by'])
    .where('id', 'in', revisionIds)
    .where('package_id', 'in', [...publishing.pipelinesOf.keys()])
    .execute();
  const found: Publication[] = [];
  for (const row of rows) {
    const pipelineIds = publishing.pipelinesOf.get(row.package_id) ?? [];
    const run =
      row.published_by === null
        ? await findByLabel(tx, pipelineIds, row)
        : await findByName(tx, pipelineIds, row.published_by);
    if (run) found.push({ runId: run.id, pipelineId: run.pipeline_id, revisionId: row.id });
  }
  return found;
}

async function findByName(tx: Tx, pipelineIds: readonly number[], name: string) {
  const [, pipeline, counter] = /^(.+)\/(\d{1,9})$/.exec(name) ?? [];
  if (pipeline === undefined || counter === undefined) return undefined;
  return tx.db
    .selectFrom('run')
    .innerJoin('pipeline', 'pipeline.id', 'run.pipeline_id')
    .select(['run.id', 'run.pipeline_id'])
    .where('pipeline.name', '=', pipeline)
    .where('run.pipeline_id', 'in', pipelineIds)
    .where('run.counter', '=', Number(counter))
    .executeTakeFirst();
}

async function findByLabel(
  tx: Tx,
  pipelineIds: readonly number[],
  { version, detected_at }: { readonly version: string; readonly detected_at: number },
) {
  return tx.db
    .selectFrom('run')
    .select(['id', 'pipeline_id'])
    .where('pipeline_id', 'in', pipelineIds)
    .where('label', 'in', [version, `v${version}`])
    .where('created_at', '<=', detected_at)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Which revisions some runs published, by the rule of {@link findPublishers}. */
export async function findPublished(
  tx: Tx,
  runIds: readonly number[],
  publishing: Publishing,
): Promise<readonly Publication[]> {
  if (publishing.packagesOf.size === 0 || runIds.length === 0) return [];
  const runs = await tx.db
    .selectFrom('run')
    .innerJoin('pipeline', 'pipeline.id', 'run.pipeline_id')
    .select(['run.id', 'run.pipeline_id', 'run.label', 'run.counter', 'pipeline.name'])
    .where('run.id', 'in', runIds)
    .where('run.pipeline_id', 'in', [...publishing.packagesOf.keys()])
    .execute();
  const possible: number[] = [];
  for (const { pipeline_id, label, counter, name } of runs) {
    const rows = await tx.db
      .selectFrom('revision')
      .select('id')
      .where('package_id', 'in', publishing.packagesOf.get(pipeline_id) ?? [0])
      .where('version', 'in', label.startsWith('v') ? [label, label.slice(1)] : [label])
      .union(tx.db.selectFrom('revision').select('id').where('published_by', '=', `${name}/${counter}`))
      .execute();
    possible.push(...rows.map(({ id }) => id));
  }
  const wanted = new Set(runs.map(({ id }) => id));
  return (await findPublishers(tx, possible, publishing)).filter(({ runId }) => wanted.has(runId));
}
