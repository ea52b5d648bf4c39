import type { Kysely } from 'kysely';

/** The audit log is read by time, of one token or of all. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex('audit_subject').execute();
  await db.schema.dropIndex('audit_actor').execute();
  await db.schema.createIndex('audit_age').on('audit').columns(['at', 'id']).execute();
  await db.schema.createIndex('audit_actor').on('audit').columns(['actor', 'at', 'id']).execute();
}
