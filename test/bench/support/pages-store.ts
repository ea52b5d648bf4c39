import { sql } from 'kysely';
import { openStore, type Store } from '../../../core/src/store/store.ts';

/** How much there is to be shown. */
export const shown = { pipelines: 500, groups: 10, stages: 3, runs: 10, versions: 1_000, levels: 4 } as const;

const levelOf = (level: number): string => `level-${level}`;

/**
 * The configuration: pipelines that listen to `bench/package-0`, and a chain of levels through which
 * `bench/package-1` flows. The server is to have polled once with it, so that each pipeline has had its first
 * run, before the store is filled.
 */
export function describePagesConfig(registry: string, store: string): string {
  const work = (stage: number) => `{ name: stage-${stage}, jobs: { only: { run: ':' } } }`;
  const stages = Array.from({ length: shown.stages }, (_, stage) => work(stage)).join(', ');
  const describe = (name: string, group: string, material: string) => `
  ${name}: { group: ${group}, materials: [${material}], stages: [${stages}] }`;
  const wide = Array.from({ length: shown.pipelines - shown.levels }, (_, index) =>
    describe(`pipeline-${index}`, `group-${index % shown.groups}`, '{ package: bench/package-0 }'),
  );
  const chain = Array.from({ length: shown.levels }, (_, level) =>
    describe(
      levelOf(level),
      'levels',
      level === 0 ? '{ package: bench/package-1 }' : `{ pipeline: ${levelOf(level - 1)} }`,
    ),
  );
  const packages = ['package-0', 'package-1'].map(
    (name) => `${name}: { config: { name: ${name}, prereleases: true } }`,
  );
  return `
server: { port: 0 }
store: ${store}
repositories: { bench: { plugin: npm, config: { url: "${registry}" }, poll: { manual: true }, packages: { ${packages.join(', ')} } } }
pipelines:${[...wide, ...chain].join('')}
`;
}

/**
 * What a server has that has worked for long, without the hours: made out of what it has after its first
 * poll.
 */
export async function fillPagesStore(url: string): Promise<void> {
  const store = await openStore(url, { now: Date.now, random: Math.random });
  try {
    await run(store, endAll);
    for (let round = 1; round < shown.runs; round++) await run(store, repeatRuns);
    await run(store, linkRuns());
    for (let level = 0; level < shown.levels; level++) await run(store, promoteVersions(levelOf(level)));
    // What autovacuum does on its own there.
    if (store.kind === 'postgres') await run(store, ['analyze']);
  } finally {
    await store.close();
  }
}

async function run(store: Store, statements: readonly string[]): Promise<void> {
  await store.transact(async (tx) => {
    for (const statement of statements) await sql.raw(statement).execute(tx.db);
  });
}

const endAll: readonly string[] = [
  `update run set status = 'passed', finished_at = created_at + 5000`,
  `update stage set status = 'passed', ready_at = 1, started_at = 1, finished_at = 1`,
  `update job set status = 'passed', exit_code = 0, started_at = 1, finished_at = 1`,
  `update attempt set state = 'done', outcome = 'passed', lease_owner = null, lease_until = null`,
];

/** The rows of a table that belong to the newest run, each beside the run that was made of it. */
const madeFrom = (table: string): string => `${table}
  join run as old on old.id = ${table}.run_id
  join pipeline on pipeline.id = old.pipeline_id and pipeline.counter = old.counter
  join run as made on made.pipeline_id = old.pipeline_id and made.counter = old.counter + 1`;

/** One more run of every pipeline that has one, like its newest. */
const repeatRuns: readonly string[] = [
  `insert into run (pipeline_id, counter, label, cause, status, definition, environment, created_at, finished_at)
   select pipeline_id, pipeline.counter + 1, cast(pipeline.counter + 1 as text), cause, status, definition, environment, created_at, finished_at
   from run join pipeline on pipeline.id = run.pipeline_id and pipeline.counter = run.counter`,
  `insert into run_material (run_id, position, package_id, revision_id, version, digest, location, pinned, changed)
   select made.id, run_material.position, package_id, revision_id, version, digest, location, pinned, changed from ${madeFrom('run_material')}`,
  `insert into run_package (run_id, pipeline_id, package_id, revision_id, edition)
   select made.id, made.pipeline_id, package_id, revision_id, edition from ${madeFrom('run_package')}`,
  `insert into stage (run_id, pipeline_id, position, name, counter, status, ready_at, started_at, finished_at)
   select made.id, stage.pipeline_id, stage.position, stage.name, stage.counter, stage.status, ready_at, started_at, stage.finished_at
   from ${madeFrom('stage')}`,
  'update pipeline set counter = counter + 1 where exists (select 1 from run where run.pipeline_id = pipeline.id)',
];

/**
 * Makes the newest run of each pipeline one that the run of another has started, as in a tree of threes: a
 * value stream.
 */
function linkRuns(): readonly string[] {
  const newest = (run: string, pipeline: string) =>
    `${run}.pipeline_id = ${pipeline}.id and ${run}.counter = ${pipeline}.counter`;
  return [
    `insert into run_material (run_id, position, upstream_id, upstream_run_id, upstream_counter, pinned, changed)
     select made.id, 1, above.id, source.id, source.counter,
       '{"pipeline":"' || above.name || '","as":"A","run":{"counter":1,"label":"1","stage":"stage-2"},"changed":false}', 0
     from pipeline as below
     join pipeline as above on above.name = 'pipeline-' || ((cast(substr(below.name, 10) as integer) - 1) / 3)
     join run as made on ${newest('made', 'below')} join run as source on ${newest('source', 'above')}
     where below.name like 'pipeline-%' and below.name <> 'pipeline-0'`,
  ];
}

/** A run of a level for every version of `bench/package-1`; every seventh fails in its last stage. */
function promoteVersions(level: string): readonly string[] {
  const from = `from revision
     join package on package.id = revision.package_id and package.name = 'package-1'
     join pipeline on pipeline.name = '${level}'`;
  const made = `${from} join run on run.pipeline_id = pipeline.id and run.counter = 101 + revision.rank`;
  const status = `case when revision.rank % 7 = 0 then 'failed' else 'passed' end`;
  const stages = Array.from({ length: shown.stages }, (_, stage) => ({
    stage,
    status: stage === shown.stages - 1 ? status : `'passed'`,
  }));
  return [
    `insert into run (pipeline_id, counter, label, cause, status, definition, environment, created_at, finished_at)
     select pipeline.id, 101 + revision.rank, revision.version, 'it was published', ${status}, '{}', '{}', detected_at, detected_at ${from}`,
    `insert into run_package (run_id, pipeline_id, package_id, revision_id, edition)
     select run.id, pipeline.id, package.id, revision.id, 0 ${made}`,
    ...stages.map(
      (
        one,
      ) => `insert into stage (run_id, pipeline_id, position, name, counter, status, ready_at, started_at, finished_at)
       select run.id, pipeline.id, ${one.stage}, 'stage-${one.stage}', 1, ${one.status}, 1, 1, 1 ${made}`,
    ),
    `update pipeline set counter = 100 + ${shown.versions} where name = '${level}'`,
  ];
}
