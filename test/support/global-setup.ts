import { openStore } from '../../core/src/store/store.ts';
import { createDatabaseOn, server, serverVariable, templateVariable } from './postgres.ts';

/**
 * Before all tests: one PostgreSQL server for them, and in it a migrated database that each of theirs is
 * copied from.
 */
export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  if (!server) return undefined;
  const template = await createDatabaseOn(server, undefined);
  const store = await openStore(template.url, { now: Date.now, random: Math.random });
  await store.close();
  process.env[serverVariable] = server.url;
  process.env[templateVariable] = template.name;
  return () => template.drop();
}
