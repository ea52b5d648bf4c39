import { sql } from 'kysely';
import type { Config, PipelineConfig } from '../../../core/src/config/config.ts';
import { replaceDependencies } from '../../../core/src/store/dependencies.ts';
import { insertPackages } from '../../../core/src/store/packages.ts';
import { findPipelines, upsertPipelines } from '../../../core/src/store/pipelines.ts';
import { insertRepository } from '../../../core/src/store/repositories.ts';
import type { Store, Tx } from '../../../core/src/store/store.ts';
import { dependOn, makeConfig, makePipeline, makeStage, runJob } from '../../../core/test/engine/configs.ts';

/**
 * How much is in the store: `runs` go through `chains` of `depth` pipelines each, and share one package
 * beside their own.
 */
export const size = {
  repositories: 10,
  packages: 1_000,
  versions: 1_000,
  runs: 100_000,
  chains: 10,
  depth: 10,
} as const;

const pipelines = size.chains * size.depth;
/** The package that is behind every run, with one version of it. */
export const base = { name: `p${size.packages - 1}`, version: '1.0.0' } as const;

/** The name of a pipeline by its chain and its place in it. */
export function nameOf(chain: number, level: number): string {
  return `c${chain}-l${level}`;
}

/** The configuration that the store is filled by. */
export function describeConfig(): Config {
  const chained = Array.from({ length: pipelines }, (_, index) =>
    makeChained(Math.floor(index / size.depth), index % size.depth),
  );
  return makeConfig(chained);
}

function makeChained(chain: number, level: number): PipelineConfig {
  const stages = [makeStage('build', [runJob('work')]), makeStage('deploy', [runJob('work')])];
  const listen = (name: string) => ({
    repository: 'r0',
    package: name,
    trigger: 'latest' as const,
    as: name.toUpperCase(),
  });
  const materials =
    level === 0 ? [listen(`p${chain}`), listen(base.name)] : [dependOn(nameOf(chain, level - 1))];
  return makePipeline(nameOf(chain, level), {
    materials,
    stages,
    publishes: level === 9 ? [`r0/p${chain + 100}`] : [],
  });
}

/** Fills an empty store, by statements that make the rows in the database itself. */
export async function fillStore(store: Store, say: (line: string) => void): Promise<void> {
  await store.transact(fillNames);
  for (const [name, fill] of Object.entries({ revisions, runs, materials, stages, decisions })) {
    await store.transact(async (tx) => {
      for (const statement of fill()) await sql.raw(statement).execute(tx.db);
    });
    say(`reads: ${store.kind}: ${name}`);
  }
  // What autovacuum does on its own there.
  if (store.kind === 'postgres') await store.transact((tx) => sql`analyze`.execute(tx.db));
}

async function fillNames(tx: Tx): Promise<void> {
  for (let index = 0; index < size.repositories; index++) await insertRepository(tx, `r${index}`, 'f');
  await insertPackages(
    tx,
    1,
    Array.from({ length: size.packages }, (_, index) => ({ name: `p${index}`, selection: 's' })),
  );
  const { pipelines: configured } = describeConfig();
  await upsertPipelines(tx, new Set(configured.keys()));
  const ids = await findPipelines(tx, [...configured.keys()]);
  const idOf = (name: string) => ids.get(name) ?? 0;
  await replaceDependencies(
    tx,
    [...configured.keys()].flatMap((name, index) =>
      index % size.depth === 0
        ? []
        : [
            {
              pipelineId: idOf(name),
              upstreamId: idOf(nameOf(Math.floor(index / size.depth), (index % size.depth) - 1)),
              stage: 'deploy',
              mode: 'latest' as const,
            },
          ],
    ),
  );
}

/** Numbers from 0 as a table `n(i)`; PostgreSQL and SQLite say it alike. */
const numbers = (count: number) =>
  `with recursive n(i) as (select 0 union all select i + 1 from n where i < ${count - 1})`;
const start = 1_700_000_000_000;
/**
 * Run `i` is the passage `i / pipelines` through pipeline `i % pipelines`; ids count from 1, upstream before
 * downstream.
 */
const pipeline = `(i % ${pipelines})`;
const passage = `(i / ${pipelines})`;
const chain = `(${pipeline} / ${size.depth})`;
const level = `(${pipeline} % ${size.depth})`;
const baseRevision = (size.packages - 1) * size.versions + 1;

function revisions(): readonly string[] {
  const columns =
    'package_id, version, state, rank, standing, digests, location, published_at, publisher, comment, trackback_url, purl, warning, files, data, detected_at, selected, unacknowledged, described';
  return [
    `insert into revision (${columns}) ${numbers(size.packages * size.versions)}
     select i / ${size.versions} + 1, '1.' || (i % ${size.versions}) || '.0', 'published', i % ${size.versions}, 'ok',
       '{"sha512":"' || i || '"}', 'https://registry.example.com/p/-/p-1.' || i || '.tgz', ${start} + i, 'somebody', null, null, null, null, '[]', '{}',
       ${start} + i, 1, 0, 1 from n order by i`,
  ];
}

function runs(): readonly string[] {
  const behind = Array.from({ length: size.depth }, (_, depth) => {
    const entries = Array.from(
      { length: depth },
      (_, step) => `'"' || (${pipeline} - ${step}) || '":' || (i - ${step})`,
    );
    return `when ${depth} then '{' ${entries.map((entry) => `|| ${entry}`).join(` || ','`)} || '}'`;
  });
  return [
    `insert into run (pipeline_id, counter, label, cause, status, definition, environment, created_at, finished_at, started_by, pipelines_behind)
     ${numbers(size.runs)} select ${pipeline} + 1, ${passage} + 1, '1.' || ${passage} || '.0', 'it was published', 'passed',
       '${JSON.stringify(makeChained(0, 1))}', '{}', ${start} + i, ${start} + i, 'latest', case ${level} ${behind.join(' ')} end from n order by i`,
    `update pipeline set counter = ${size.runs / pipelines}`,
  ];
}

function materials(): readonly string[] {
  const packagePin = (name: string, version: string) =>
    `'{"repository":"r0","package":"' || ${name} || '","as":"A","revision":{"version":"' || ${version} || '","digest":"sha512:1","location":null},"changed":true}'`;
  const upstreamPin = `'{"pipeline":"c' || ${chain} || '-l' || (${level} - 1) || '","as":"A","run":{"counter":' || (${passage} + 1) || ',"label":"x","stage":"deploy"},"changed":true}'`;
  const columns =
    'run_id, position, package_id, revision_id, version, digest, upstream_id, upstream_run_id, upstream_counter, pinned, changed';
  const from = numbers(size.runs);
  const revision = `${chain} * ${size.versions} + ${passage} + 1`;
  const version = `'1.' || ${passage} || '.0'`;
  return [
    `insert into run_material (${columns}) ${from} select i + 1, 0, ${chain} + 1, ${revision}, ${version}, 'sha512:1', null, null, null,
       ${packagePin(`'p' || ${chain}`, version)}, 1 from n where ${level} = 0 order by i`,
    `insert into run_material (${columns}) ${from} select i + 1, 1, ${size.packages}, ${baseRevision}, '${base.version}', 'sha512:1', null, null, null,
       ${packagePin(`'${base.name}'`, `'${base.version}'`)}, 0 from n where ${level} = 0 order by i`,
    `insert into run_material (${columns}) ${from} select i + 1, 0, null, null, null, null, ${pipeline}, i, ${passage} + 1, ${upstreamPin}, 1
       from n where ${level} > 0 order by i`,
    `insert into run_package (run_id, pipeline_id, package_id, revision_id, edition) ${from}
       select i + 1, ${pipeline} + 1, ${chain} + 1, ${revision}, 0 from n order by i`,
    `insert into run_package (run_id, pipeline_id, package_id, revision_id, edition) ${from}
       select i + 1, ${pipeline} + 1, ${size.packages}, ${baseRevision}, 0 from n order by i`,
  ];
}

function stages(): readonly string[] {
  const columns =
    'run_id, pipeline_id, position, name, counter, status, latest, approval, ready_at, started_at, finished_at';
  return [
    ...['build', 'deploy'].map(
      (name, position) =>
        `insert into stage (${columns}) ${numbers(size.runs)} select i + 1, ${pipeline} + 1, ${position}, '${name}', 1, 'passed', 1,
         '{"type":"auto"}', ${start} + i, ${start} + i, ${start} + i from n order by i`,
    ),
    `insert into job (stage_id, name, status, exit_code, started_at, finished_at)
       select id, 'work', 'passed', 0, started_at, finished_at from stage order by id`,
  ];
}

function decisions(): readonly string[] {
  const from = numbers(size.runs);
  const about = `'1.' || ${passage} || '.0'`;
  const started = (where: string, values: string) =>
    `insert into decision (at, pipeline_id, package_id, version, outcome, reason, materials, run_id, upstream_run_id) ${from}
       select ${start} + i, ${pipeline} + 1, ${values} from n where ${where} order by i`;
  return [
    started(`${level} = 0`, `${chain} + 1, ${about}, 'started', 'it was published', '{}', i + 1, null`),
    started(`${level} > 0`, `null, null, 'started', 'the one before passed', '{}', i + 1, i`),
    started(`${level} > 0`, `null, null, 'waits', 'it waits for its turn', '{}', null, i`),
    `insert into trigger (pipeline_id, package_id, revision_id, version, digest, move, mode, state, created_at, run_id) ${from}
       select ${pipeline} + 1, ${chain} + 1, ${chain} * ${size.versions} + ${passage} + 1, ${about}, 'sha512:1', 0, 'latest', 'started', ${start} + i, i + 1
       from n order by i`,
    `insert into audit (at, actor, person, action, subject, address, details) ${from}
       select ${start} + i, 'alice', 'alice', 'trigger', 'c0-l0/' || i, '127.0.0.1', '{}' from n order by i`,
  ];
}
