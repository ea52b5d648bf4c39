import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** The ledger, triggers, runs, attempts, decisions, polls and events. */
export async function up(db: Kysely<unknown>, { identity, text }: Dialect): Promise<void> {
  const create = (name: string) => db.schema.createTable(name);
  const withId = (name: string) =>
    create(name).addColumn('id', identity.type, (c) => identity.build(c).primaryKey());
  const leased = <T extends string>(table: CreateTableBuilder<T, never>) =>
    table
      .addColumn('lease_owner', text)
      .addColumn('lease_until', 'bigint')
      .addColumn('fence', 'bigint', (c) => c.notNull().defaultTo(0));

  await leased(withId('repository'))
    .addColumn('name', text, (c) => c.notNull().unique())
    .addColumn('active', 'integer', (c) => c.notNull())
    .addColumn('fingerprint', text, (c) => c.notNull())
    .addColumn('cursor', text)
    .addColumn('cursor_at', 'bigint')
    .addColumn('due_at', 'bigint')
    .addColumn('requested', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('served', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('looks_left', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('looks_from', 'bigint')
    .addColumn('not_before', 'bigint')
    .addColumn('failures', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('problem_code', text)
    .addColumn('problem_message', text)
    .addColumn('problem_since', 'bigint')
    .addColumn('warning', text)
    .addColumn('polled_at', 'bigint')
    .addColumn('succeeded_at', 'bigint')
    .execute();
  await db.schema.createIndex('repository_due').on('repository').column('due_at').execute();

  await withId('package')
    .addColumn('repository_id', 'bigint', (c) => c.notNull().references('repository.id'))
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('active', 'integer', (c) => c.notNull())
    .addColumn('selection', text, (c) => c.notNull())
    .addColumn('baseline', text)
    .addColumn('cursor', text)
    .addColumn('cursor_fingerprint', text)
    .addColumn('cursor_at', 'bigint')
    .addColumn('pointer', text)
    .addColumn('moves', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('shrunk_since', 'bigint')
    .addColumn('problem_code', text)
    .addColumn('problem_message', text)
    .addColumn('problem_since', 'bigint')
    .addUniqueConstraint('package_name', ['repository_id', 'name'])
    .execute();

  await withId('revision')
    .addColumn('package_id', 'bigint', (c) => c.notNull().references('package.id'))
    .addColumn('version', text, (c) => c.notNull())
    .addColumn('state', text, (c) => c.notNull())
    .addColumn('rank', 'integer', (c) => c.notNull())
    .addColumn('standing', text, (c) => c.notNull())
    .addColumn('digests', text, (c) => c.notNull())
    .addColumn('location', text)
    .addColumn('published_at', 'bigint')
    .addColumn('publisher', text)
    .addColumn('comment', text)
    .addColumn('trackback_url', text)
    .addColumn('purl', text)
    .addColumn('warning', text)
    .addColumn('files', text, (c) => c.notNull())
    .addColumn('data', text, (c) => c.notNull())
    .addColumn('detected_at', 'bigint', (c) => c.notNull())
    .addColumn('missing_since', 'bigint')
    .addColumn('selected', 'integer', (c) => c.notNull())
    .addColumn('unacknowledged', 'integer', (c) => c.notNull())
    .addColumn('described', 'integer', (c) => c.notNull())
    .addUniqueConstraint('revision_version', ['package_id', 'version'])
    .execute();
  await db.schema.createIndex('revision_rank').on('revision').columns(['package_id', 'rank']).execute();

  await db.schema
    .createIndex('revision_missing')
    .on('revision')
    .column('package_id')
    .where(sql.ref('missing_since'), 'is not', null)
    .execute();

  await create('refused')
    .addColumn('package_id', 'bigint', (c) => c.notNull().references('package.id'))
    .addColumn('version', text, (c) => c.notNull())
    .addColumn('reason', text, (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('refused_key', ['package_id', 'version'])
    .execute();

  await create('acknowledgement')
    .addColumn('revision_id', 'bigint', (c) => c.notNull().references('revision.id'))
    .addColumn('digest', text, (c) => c.notNull())
    .addColumn('comment', text, (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('acknowledgement_key', ['revision_id', 'digest'])
    .execute();

  await withId('poll')
    .addColumn('repository_id', 'bigint', (c) => c.notNull().references('repository.id'))
    .addColumn('started_at', 'bigint', (c) => c.notNull())
    .addColumn('finished_at', 'bigint', (c) => c.notNull())
    .addColumn('outcome', text, (c) => c.notNull())
    .addColumn('packages', 'integer', (c) => c.notNull())
    .addColumn('problems', 'integer', (c) => c.notNull())
    .addColumn('revisions', 'integer', (c) => c.notNull())
    .addColumn('requests', 'integer', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('problem_code', text)
    .addColumn('problem_message', text)
    .execute();
  await db.schema.createIndex('poll_repository').on('poll').columns(['repository_id', 'id']).execute();
  await db.schema.createIndex('poll_age').on('poll').column('finished_at').execute();

  await withId('pipeline')
    .addColumn('name', text, (c) => c.notNull().unique())
    .addColumn('active', 'integer', (c) => c.notNull())
    .addColumn('counter', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('paused_at', 'bigint')
    .addColumn('paused_reason', text)
    .execute();

  await create('listener')
    .addColumn('pipeline_id', 'bigint', (c) => c.notNull().references('pipeline.id'))
    .addColumn('package_id', 'bigint', (c) => c.notNull().references('package.id'))
    .addColumn('active', 'integer', (c) => c.notNull())
    .addColumn('mode', text, (c) => c.notNull())
    .addColumn('since', 'bigint')
    .addPrimaryKeyConstraint('listener_key', ['pipeline_id', 'package_id'])
    .execute();
  await db.schema.createIndex('listener_package').on('listener').column('package_id').execute();

  await withId('run')
    .addColumn('pipeline_id', 'bigint', (c) => c.notNull().references('pipeline.id'))
    .addColumn('counter', 'integer', (c) => c.notNull())
    .addColumn('label', text, (c) => c.notNull())
    .addColumn('cause', text, (c) => c.notNull())
    .addColumn('status', text, (c) => c.notNull())
    .addColumn('definition', text, (c) => c.notNull())
    .addColumn('environment', text, (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('finished_at', 'bigint')
    .addUniqueConstraint('run_counter', ['pipeline_id', 'counter'])
    .execute();

  await withId('trigger')
    .addColumn('pipeline_id', 'bigint', (c) => c.notNull().references('pipeline.id'))
    .addColumn('package_id', 'bigint', (c) => c.notNull().references('package.id'))
    .addColumn('revision_id', 'bigint', (c) => c.notNull().references('revision.id'))
    .addColumn('version', text, (c) => c.notNull())
    .addColumn('digest', text, (c) => c.notNull())
    .addColumn('move', 'integer', (c) => c.notNull())
    .addColumn('mode', text, (c) => c.notNull())
    .addColumn('state', text, (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('run_id', 'bigint')
    .addColumn('waits', text)
    .addUniqueConstraint('trigger_once', ['pipeline_id', 'package_id', 'version', 'digest', 'move'])
    .execute();
  await db.schema
    .createIndex('trigger_waiting')
    .on('trigger')
    .columns(['pipeline_id', 'id'])
    .where(sql.ref('state'), '=', sql.lit('waiting'))
    .execute();

  await create('run_material')
    .addColumn('run_id', 'bigint', (c) => c.notNull().references('run.id').onDelete('cascade'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('package_id', 'bigint', (c) => c.notNull().references('package.id'))
    .addColumn('revision_id', 'bigint', (c) => c.notNull().references('revision.id'))
    .addColumn('version', text, (c) => c.notNull())
    .addColumn('digest', text, (c) => c.notNull())
    .addColumn('location', text)
    .addColumn('pinned', text, (c) => c.notNull())
    .addColumn('changed', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('run_material_key', ['run_id', 'position'])
    .execute();
  await db.schema.createIndex('run_material_revision').on('run_material').column('revision_id').execute();

  await withId('stage')
    .addColumn('run_id', 'bigint', (c) => c.notNull().references('run.id').onDelete('cascade'))
    .addColumn('pipeline_id', 'bigint', (c) => c.notNull().references('pipeline.id'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('counter', 'integer', (c) => c.notNull())
    .addColumn('status', text, (c) => c.notNull())
    .addColumn('ready_at', 'bigint')
    .addColumn('held_at', 'bigint')
    .addColumn('started_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .addUniqueConstraint('stage_counter', ['run_id', 'name', 'counter'])
    .execute();
  // One run at a time in a stage, whatever the program believes.
  await db.schema
    .createIndex('stage_one_running')
    .unique()
    .on('stage')
    .columns(['pipeline_id', 'name'])
    .where(sql.ref('status'), '=', sql.lit('running'))
    .execute();
  await db.schema
    .createIndex('stage_pending')
    .on('stage')
    .columns(['pipeline_id', 'ready_at'])
    .where(sql.ref('status'), '=', sql.lit('pending'))
    .execute();

  await withId('job')
    .addColumn('stage_id', 'bigint', (c) => c.notNull().references('stage.id').onDelete('cascade'))
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('status', text, (c) => c.notNull())
    .addColumn('exit_code', 'integer')
    .addColumn('message', text)
    .addColumn('started_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .addUniqueConstraint('job_name', ['stage_id', 'name'])
    .execute();
  await db.schema.createIndex('job_age').on('job').column('finished_at').execute();

  await leased(withId('attempt'))
    .addColumn('job_id', 'bigint', (c) => c.notNull().references('job.id').onDelete('cascade'))
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('key', text, (c) => c.notNull())
    .addColumn('state', text, (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('node', text)
    .addColumn('outcome', text)
    .addUniqueConstraint('attempt_number', ['job_id', 'number'])
    .execute();
  await db.schema
    .createIndex('attempt_open')
    .on('attempt')
    .column('due_at')
    .where(sql.ref('state'), '<>', sql.lit('done'))
    .execute();

  await create('log')
    .addColumn('attempt_id', 'bigint', (c) => c.notNull().references('attempt.id').onDelete('cascade'))
    .addColumn('upto', 'bigint', (c) => c.notNull())
    .addColumn('text', text, (c) => c.notNull())
    .addPrimaryKeyConstraint('log_key', ['attempt_id', 'upto'])
    .execute();

  await withId('decision')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('pipeline_id', 'bigint', (c) => c.notNull().references('pipeline.id'))
    .addColumn('package_id', 'bigint', (c) => c.references('package.id'))
    .addColumn('version', text)
    .addColumn('outcome', text, (c) => c.notNull())
    .addColumn('reason', text, (c) => c.notNull())
    .addColumn('materials', text, (c) => c.notNull())
    .addColumn('run_id', 'bigint', (c) => c.references('run.id').onDelete('set null'))
    .execute();
  await db.schema.createIndex('decision_pipeline').on('decision').columns(['pipeline_id', 'id']).execute();
  await db.schema.createIndex('decision_run').on('decision').column('run_id').execute();
  await db.schema.createIndex('decision_age').on('decision').column('at').execute();

  await withId('event')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('type', text, (c) => c.notNull())
    .addColumn('subject', text, (c) => c.notNull())
    .addColumn('data', text, (c) => c.notNull())
    .execute();
  await db.schema.createIndex('event_age').on('event').column('at').execute();

  await create('node')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('configuration', text, (c) => c.notNull())
    .addColumn('started_at', 'bigint', (c) => c.notNull())
    .addColumn('seen_at', 'bigint', (c) => c.notNull())
    .execute();

  await create('setting')
    .addColumn('name', text, (c) => c.primaryKey())
    .addColumn('value', text, (c) => c.notNull())
    .execute();
}
