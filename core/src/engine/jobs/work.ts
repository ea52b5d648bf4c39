import { nameMaterial } from '../../config/materials.ts';
import type { JobFacts } from '../../store/job-facts.ts';
import type { Pin } from '../../store/runs.ts';
import type { RunFacts, Work } from '../../targets/target.ts';
import type { JobEnvironment } from './job-environment.ts';

/** A job that has begun. */
export type BegunJob = JobFacts & { readonly startedAt: number };

/** What a target is given to do. */
export function makeWork(
  { attempt, job, stage, run, startedAt }: BegunJob,
  { environment, secrets }: JobEnvironment,
): Work {
  const facts: RunFacts = {
    pipeline: run.pipeline,
    counter: run.counter,
    label: run.label,
    stage: stage.name,
    stageCounter: stage.counter,
    job: job.name,
    materials: run.pins.map(describePin),
  };
  return {
    key: nameWork(job.kind, attempt),
    job,
    attempt: attempt.number,
    startedAt,
    environment,
    secrets,
    run: facts,
  };
}

function describePin(pin: Pin): RunFacts['materials'][number] {
  if ('pipeline' in pin) {
    const { pipeline, run, changed } = pin;
    return { pipeline, counter: run.counter, label: run.label, stage: run.stage, changed };
  }
  const { version, digest, location, purl } = pin.revision;
  return {
    package: nameMaterial(pin),
    version,
    digest: digest || null,
    location,
    purl,
    changed: pin.changed,
  };
}

/**
 * A receiver of webhooks sees one key in all attempts; a `run` job after doubt starts afresh, in a directory
 * of its own.
 */
export function nameWork(
  kind: Work['job']['kind'],
  { key, number }: Pick<JobFacts['attempt'], 'key' | 'number'>,
): string {
  return kind === 'run' && number > 1 ? `${key}.${number}` : key;
}
