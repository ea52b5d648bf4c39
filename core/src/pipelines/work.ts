import type { JobFacts } from '../store/job-facts.ts';
import type { RunFacts, Work } from '../targets/target.ts';
import type { JobEnvironment } from './job-environment.ts';
import { nameMaterial } from './pin-materials.ts';

/** What a target is given to do. */
export function makeWork({ attempt, job, stage, run }: JobFacts, { environment, secrets }: JobEnvironment): Work {
  const facts: RunFacts = {
    pipeline: run.pipeline,
    counter: run.counter,
    label: run.label,
    stage: stage.name,
    stageCounter: stage.counter,
    job: job.name,
    materials: run.pins.map((pin) => ({
      package: nameMaterial(pin),
      version: pin.revision.version,
      digest: pin.revision.digest || null,
      location: pin.revision.location,
      purl: pin.revision.purl,
      changed: pin.changed,
    })),
  };
  return { key: nameWork(job.kind, attempt), job, environment, secrets, run: facts };
}

/** A receiver of webhooks sees one key in all attempts; a `run` job after doubt starts afresh, in a directory of its own. */
export function nameWork(kind: Work['job']['kind'], { key, number }: Pick<JobFacts['attempt'], 'key' | 'number'>): string {
  return kind === 'run' && number > 1 ? `${key}.${number}` : key;
}
