import { sql } from 'kysely';

/**
 * The conditions of partial indexes, written out. SQLite uses such an index only where the query says its
 * very condition, without parameters; a query that says it otherwise reads the whole table.
 */
export const attemptIsOpen = sql<boolean>`attempt.state <> 'done'`;
export const stageIsRunning = sql<boolean>`stage.status = 'running'`;
export const stageIsPending = sql<boolean>`stage.status = 'pending'`;
export const stageIsWaiting = sql<boolean>`stage.status = 'waiting'`;
export const stageHasPassed = sql<boolean>`stage.status = 'passed' and stage.latest = 1`;
export const revisionIsUnacknowledged = sql<boolean>`revision.unacknowledged = 1`;
