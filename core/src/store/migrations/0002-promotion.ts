import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** Pipelines as materials, provenance, approvals, locks, timers. */
export async function up(db: Kysely<unknown>, { identity, text }: Dialect): Promise<void> {
  const create = (name: string) => db.schema.createTable(name);
  const withId = (name: string) =>
    create(name).addColumn('id', identity.type, (c) => identity.build(c).primaryKey());
  const add = async (table: string, columns: Readonly<Record<string, 'bigint' | 'integer' | 'text'>>) => {
    for (const [name, type] of Object.entries(columns)) {
      await db.schema
        .alterTable(table)
        .addColumn(name, type === 'text' ? text : type)
        .execute();
    }
  };
  const addFlag = (table: string, name: string, value: number) =>
    db.schema
      .alterTable(table)
      .addColumn(name, 'integer', (c) => c.notNull().defaultTo(value))
      .execute();
  const addText = (table: string, name: string, value: string) =>
    db.schema
      .alterTable(table)
      .addColumn(name, text, (c) => c.notNull().defaultTo(value))
      .execute();

  await addFlag('revision', 'edition', 0);
  await add('pipeline', {
    paused_by: 'text',
    locked_by: 'bigint',
    timer_at: 'bigint',
    timer_spec: 'text',
    timer_waits: 'text',
  });
  await add('pipeline', { look_at: 'bigint' });
  await db.schema
    .createIndex('pipeline_look')
    .on('pipeline')
    .column('look_at')
    .where(sql.ref('look_at'), 'is not', null)
    .execute();

  await create('dependency')
    .addColumn('pipeline_id', 'bigint', (c) => c.notNull().references('pipeline.id'))
    .addColumn('upstream_id', 'bigint', (c) => c.notNull().references('pipeline.id'))
    .addColumn('stage', text, (c) => c.notNull())
    .addColumn('mode', text, (c) => c.notNull())
    .addPrimaryKeyConstraint('dependency_key', ['pipeline_id', 'upstream_id'])
    .execute();
  await db.schema
    .createIndex('dependency_upstream')
    .on('dependency')
    .columns(['upstream_id', 'stage'])
    .execute();

  await addText('run', 'started_by', 'latest');
  await add('run', { person: 'text' });
  await addFlag('run', 'overridden', 0);
  await addText('run', 'pipelines_behind', '{}');
  await db.schema.createIndex('run_label').on('run').columns(['pipeline_id', 'label']).execute();

  await addFlag('stage', 'latest', 1);
  await addText('stage', 'approval', '{"type":"auto"}');
  await add('stage', {
    not_before: 'bigint',
    expires_at: 'bigint',
    approved_at: 'bigint',
    cancel_at: 'bigint',
    waits: 'text',
  });
  await db.schema
    .createIndex('stage_passed')
    .on('stage')
    .columns(['pipeline_id', 'name', 'run_id'])
    .where(sql<boolean>`status = 'passed' and latest = 1`)
    .execute();
  await db.schema
    .createIndex('stage_expiry')
    .on('stage')
    .columns(['pipeline_id', 'expires_at'])
    .where(sql.ref('status'), '=', sql.lit('waiting'))
    .execute();
  await add('job', { original_id: 'bigint' });

  await withId('approval')
    .addColumn('stage_id', 'bigint', (c) => c.notNull().references('stage.id').onDelete('cascade'))
    .addColumn('person', text, (c) => c.notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('verdict', text, (c) => c.notNull())
    .addColumn('comment', text)
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('approval_person', ['stage_id', 'person'])
    .execute();

  await create('started_set')
    .addColumn('pipeline_id', 'bigint', (c) => c.notNull().references('pipeline.id'))
    .addColumn('hash', text, (c) => c.notNull())
    .addColumn('counter', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('started_set_key', ['pipeline_id', 'hash'])
    .execute();

  await db.schema
    .alterTable('decision')
    .addColumn('upstream_run_id', 'bigint', (c) => c.references('run.id').onDelete('set null'))
    .execute();
  await db.schema
    .createIndex('decision_version')
    .on('decision')
    .columns(['pipeline_id', 'version'])
    .execute();
  await db.schema.createIndex('decision_upstream').on('decision').column('upstream_run_id').execute();

  await rebuildTriggers(db, { identity, text });
  await rebuildMaterials(db, { text });
  await rememberPackages(db);
}

type Names = Pick<Dialect, 'identity' | 'text'>;

/** Neither database can make a column nullable in the other's words, so the table is made anew. */
async function rebuildTriggers(db: Kysely<unknown>, { identity, text }: Names): Promise<void> {
  await db.schema.alterTable('trigger').renameTo('old_trigger').execute();
  await db.schema.dropIndex('trigger_waiting').execute();
  await db.schema
    .createTable('trigger')
    .addColumn('id', identity.type, (c) => identity.build(c).primaryKey())
    .addColumn('pipeline_id', 'bigint', (c) => c.notNull().references('pipeline.id'))
    .addColumn('package_id', 'bigint', (c) => c.references('package.id'))
    .addColumn('revision_id', 'bigint', (c) => c.references('revision.id'))
    .addColumn('version', text)
    .addColumn('digest', text)
    .addColumn('move', 'integer', (c) => c.notNull())
    .addColumn('upstream_run_id', 'bigint', (c) => c.references('run.id').onDelete('cascade'))
    .addColumn('upstream_stage_id', 'bigint', (c) => c.references('stage.id').onDelete('cascade'))
    .addColumn('mode', text, (c) => c.notNull())
    .addColumn('state', text, (c) => c.notNull())
    .addColumn('poll', text)
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('run_id', 'bigint')
    .addColumn('waits', text)
    .execute();
  const columns = sql.raw(
    'pipeline_id, package_id, revision_id, version, digest, move, mode, state, created_at, run_id, waits',
  );
  await sql`insert into "trigger" (${columns}) select ${columns} from old_trigger order by id`.execute(db);
  await db.schema.dropTable('old_trigger').execute();
  await db.schema
    .createIndex('trigger_revision')
    .unique()
    .on('trigger')
    .columns(['pipeline_id', 'package_id', 'version', 'digest', 'move'])
    .execute();
  await db.schema
    .createIndex('trigger_pass')
    .unique()
    .on('trigger')
    .columns(['pipeline_id', 'upstream_stage_id'])
    .execute();
  await db.schema
    .createIndex('trigger_poll')
    .on('trigger')
    .columns(['poll', 'pipeline_id'])
    .where(sql.ref('poll'), 'is not', null)
    .execute();
  await db.schema.createIndex('trigger_upstream_run').on('trigger').column('upstream_run_id').execute();
  await db.schema.createIndex('trigger_upstream_stage').on('trigger').column('upstream_stage_id').execute();
  await db.schema
    .createIndex('trigger_waiting')
    .on('trigger')
    .columns(['pipeline_id', 'id'])
    .where(sql<boolean>`state in ('waiting', 'held')`)
    .execute();
}

async function rebuildMaterials(db: Kysely<unknown>, { text }: Pick<Names, 'text'>): Promise<void> {
  await db.schema.alterTable('run_material').renameTo('old_material').execute();
  await db.schema.dropIndex('run_material_revision').execute();
  await db.schema
    .createTable('run_material')
    .addColumn('run_id', 'bigint', (c) => c.notNull().references('run.id').onDelete('cascade'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('package_id', 'bigint', (c) => c.references('package.id'))
    .addColumn('revision_id', 'bigint', (c) => c.references('revision.id'))
    .addColumn('version', text)
    .addColumn('digest', text)
    .addColumn('location', text)
    .addColumn('upstream_id', 'bigint', (c) => c.references('pipeline.id'))
    .addColumn('upstream_run_id', 'bigint', (c) => c.references('run.id').onDelete('set null'))
    .addColumn('upstream_counter', 'integer')
    .addColumn('pinned', text, (c) => c.notNull())
    .addColumn('changed', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('run_material_position', ['run_id', 'position'])
    .execute();
  const columns = sql.raw(
    'run_id, position, package_id, revision_id, version, digest, location, pinned, changed',
  );
  await sql`insert into run_material (${columns}) select ${columns} from old_material`.execute(db);
  await db.schema.dropTable('old_material').execute();
  await db.schema.createIndex('run_material_revision').on('run_material').column('revision_id').execute();
  await db.schema.createIndex('run_material_upstream').on('run_material').column('upstream_run_id').execute();
}

/** What stands behind the runs so far is what they pinned. */
async function rememberPackages(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('run_package')
    .addColumn('run_id', 'bigint', (c) => c.notNull().references('run.id').onDelete('cascade'))
    .addColumn('pipeline_id', 'bigint', (c) => c.notNull().references('pipeline.id'))
    .addColumn('package_id', 'bigint', (c) => c.notNull().references('package.id'))
    .addColumn('revision_id', 'bigint', (c) => c.notNull().references('revision.id'))
    .addColumn('edition', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('run_package_key', ['run_id', 'package_id'])
    .execute();
  await sql`insert into run_package (run_id, pipeline_id, package_id, revision_id, edition)
    select run_material.run_id, run.pipeline_id, run_material.package_id, run_material.revision_id, 0
    from run_material inner join run on run.id = run_material.run_id`.execute(db);
  await db.schema
    .createIndex('run_package_revision')
    .on('run_package')
    .columns(['revision_id', 'pipeline_id', 'run_id'])
    .execute();
}
