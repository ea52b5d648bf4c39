import type { Config, Template } from '../../config/config.ts';
import {
  nameDependencyVariables,
  nameMaterialVariables,
  toMaterialName,
} from '../../config/environment-names.ts';
import type { JobFacts } from '../../store/job-facts.ts';
import type { PackagePin, PipelinePin } from '../../store/runs.ts';

/**
 * Fills in `${env:NAME}` and `${file:PATH}`; `learn` is told every value that is filled in. Throws in words
 * that hold no value.
 */
export type Resolve = (template: Template, learn: (secret: string) => void) => string;

/** Where the environment of jobs comes from, beside the run. */
export interface EnvironmentSources {
  readonly config: Config;
  readonly resolve: Resolve;
  /** The server's own environment, of which jobs get PATH, HOME and LANG. */
  readonly server: Readonly<Record<string, string | undefined>>;
}

/** A job's environment, and the values in it that must not be readable in its log. */
export interface JobEnvironment {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** A secret that a job lists and that cannot be had. */
export class SecretMissing extends Error {
  override readonly name = 'SecretMissing';
}

/**
 * The whole environment of a job, SURFACE section 5; of two that have one name the later wins, so that data
 * never overrides a field, a field never the label or the location, and nothing what Sluice says itself.
 *
 * Secrets are read from the configuration now. What a job is passed from the server's own environment is
 * masked like a secret. Throws {@link SecretMissing}, and what `resolve` throws.
 */
export function buildEnvironment(
  facts: JobFacts,
  { config, resolve, server }: EnvironmentSources,
): JobEnvironment {
  const secrets = new Set<string>();
  const fillIn = (value: Template | number | boolean) =>
    typeof value === 'string' ? resolve(value, (secret) => secrets.add(secret)) : String(value);
  const { run } = facts;
  const declared = Object.entries(run.definition.environment).map(([name, template]) => [
    name,
    run.environment[name] ?? fillIn(template),
  ]);
  const packages = run.pins.filter((pin): pin is PackagePin => !('pipeline' in pin));
  const dependencies = run.pins.filter((pin): pin is PipelinePin => 'pipeline' in pin);
  const revealed = facts.job.secrets.flatMap((name) => revealSecret(name, packages, config, fillIn));
  for (const [, value] of revealed) secrets.add(value);
  const passed = pickVariables(facts.job.kind === 'run' ? (facts.job.passEnvironment ?? []) : [], server);
  for (const [, value] of passed) secrets.add(value);
  const environment = Object.fromEntries([
    ...pickVariables(['PATH', 'HOME', 'LANG'], server),
    ...passed,
    ...declared,
    ...packages.flatMap((pin) => describeData(pin)),
    ...packages.flatMap((pin) => describeSettings(pin, fillIn)),
    ...revealed,
    ...packages.flatMap((pin) => describeRevision(pin)),
    ...dependencies.flatMap((pin) => describeDependency(pin)),
    ...describeJob(facts),
  ]);
  return { environment, secrets: [...secrets] };
}

type Variables = readonly (readonly [string, string])[];
type FillIn = (value: Template | number | boolean) => string;

function pickVariables(names: readonly string[], server: EnvironmentSources['server']): Variables {
  return names.flatMap((name) => (server[name] === undefined ? [] : [[name, server[name]] as const]));
}

function describeData({ as, revision }: PackagePin): Variables {
  const names = nameMaterialVariables(as);
  return Object.entries(revision.data).map(([key, value]) => [names.field(key), value]);
}

function describeSettings({ as, packageConfig, repositoryConfig }: PackagePin, fillIn: FillIn): Variables {
  const names = nameMaterialVariables(as);
  return [
    ...Object.entries(packageConfig).map(([field, value]) => [names.field(field), fillIn(value)] as const),
    ...Object.entries(repositoryConfig).map(
      ([field, value]) => [names.repositoryField(field), fillIn(value)] as const,
    ),
  ];
}

function describeRevision({ as, revision, changed }: PackagePin): Variables {
  const names = nameMaterialVariables(as);
  return [
    [names.label, revision.version],
    [names.location, revision.location ?? ''],
    [names.hasChanged, String(changed)],
    [names.digest, revision.digest],
    [names.purl, revision.purl ?? ''],
  ];
}

function describeDependency({ as, pipeline, run, changed }: PipelinePin): Variables {
  const names = nameDependencyVariables(as);
  return [
    [names.label, run.label],
    [names.locator, `${pipeline}/${run.counter}/${run.stage}/${run.stageCounter}`],
    [names.hasChanged, String(changed)],
  ];
}

function describeJob({ attempt, job, stage, run }: JobFacts): Variables {
  return [
    ['GO_PIPELINE_NAME', run.pipeline],
    ['GO_PIPELINE_COUNTER', String(run.counter)],
    ['GO_PIPELINE_LABEL', run.label],
    ['GO_STAGE_NAME', stage.name],
    ['GO_STAGE_COUNTER', String(stage.counter)],
    ['GO_JOB_NAME', job.name],
    ['SLUICE_IDEMPOTENCY_KEY', attempt.key],
  ];
}

/**
 * `npmjs.token` for every material of that repository; a repository's name may hold dots, a field's may not.
 */
function revealSecret(name: string, pins: readonly PackagePin[], config: Config, fillIn: FillIn): Variables {
  const dot = name.lastIndexOf('.');
  const [repository, field] = [name.slice(0, dot), name.slice(dot + 1)];
  const value = config.repositories.get(repository)?.config[field];
  if (value === undefined)
    throw new SecretMissing(`the job lists the secret ${name}, which the configuration does not have`);
  const revealed = fillIn(value);
  const names = new Set(pins.filter((pin) => pin.repository === repository).map(({ as }) => as));
  // Of a repository that the pipeline has nothing of, the name is its own.
  if (names.size === 0) names.add(toMaterialName(repository));
  return [...names].map((as) => [nameMaterialVariables(as).repositoryField(field), revealed]);
}
