import { DatabaseSync } from 'node:sqlite';

/**
 * Passes all runs, and makes more out of the newest of each pipeline, in the file of a server that is not running: what a server
 * has that has worked for long, without the hours.
 */
export function multiplyRuns(file: string, times: number): void {
  const db = new DatabaseSync(file);
  db.exec(`
    update run set status = 'passed', finished_at = created_at + 5000;
    update stage set status = 'passed', ready_at = 1, started_at = 1, finished_at = 1;
    update job set status = 'passed', exit_code = 0, started_at = 1, finished_at = 1;
    update attempt set state = 'done', outcome = 'passed', lease_owner = null, lease_until = null;
  `);
  for (let round = 0; round < times; round++) {
    db.exec(`
      begin;
      insert into run (pipeline_id, counter, label, cause, status, definition, environment, created_at, finished_at)
        select pipeline_id, pipeline.counter + 1, cast(pipeline.counter + 1 as text), cause, status, definition, environment, created_at, finished_at
        from run join pipeline on pipeline.id = run.pipeline_id and pipeline.counter = run.counter;
      insert into run_material (run_id, position, package_id, revision_id, version, digest, location, pinned, changed)
        select made.id, run_material.position, package_id, revision_id, version, digest, location, pinned, changed from ${madeFrom('run_material')};
      insert into stage (run_id, pipeline_id, position, name, counter, status, ready_at, held_at, started_at, finished_at)
        select made.id, stage.pipeline_id, stage.position, stage.name, stage.counter, stage.status, ready_at, held_at, started_at, stage.finished_at
        from ${madeFrom('stage')};
      update pipeline set counter = counter + 1 where exists (select 1 from run where run.pipeline_id = pipeline.id);
      commit;
    `);
  }
  db.close();
}

/** The rows of a table that belong to the newest run, each beside the run that was made of it. */
function madeFrom(table: string): string {
  return `${table}
    join run as old on old.id = ${table}.run_id
    join pipeline on pipeline.id = old.pipeline_id and pipeline.counter = old.counter
    join run as made on made.pipeline_id = old.pipeline_id and made.counter = old.counter + 1`;
}
