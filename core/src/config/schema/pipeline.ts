import { defaults } from '../defaults.ts';
import { pipelineAccessSchema } from './access.ts';
import { jobSchema } from './job.ts';
import { duration, exactlyOne, list, mapping, name, named, otherwise, type Schema, text } from './terms.ts';

const packageReference: Schema = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*$',
  description: 'a package: REPOSITORY/PACKAGE, as they are named under repositories:',
};

const material = mapping(
  {
    package: packageReference,
    pipeline: name,
    stage: name,
    trigger: otherwise({ type: 'string', enum: ['latest', 'every', 'manual'] }, defaults.trigger),
    as: name,
  },
  { ...exactlyOne('package', 'pipeline'), dependentRequired: { stage: ['pipeline'] } },
);

const approvalType: Schema = { type: 'string', enum: ['auto', 'manual'] };

const approval = mapping(
  {
    type: approvalType,
    by: list({ type: 'string', minLength: 1, description: 'a name, or role:NAME' }, { uniqueItems: true }),
    required: otherwise({ type: 'integer', minimum: 1, maximum: 100 }, defaults.required),
    notSelf: otherwise({ type: 'boolean' }, false),
    expires: duration,
    after: duration,
    window: mapping({ cron: text, for: duration }, { required: ['cron', 'for'] }),
    evenAfterFailure: otherwise({ type: 'boolean' }, false),
  },
  { required: ['type'] },
);

const stage = mapping(
  {
    name,
    approval: {
      type: ['string', 'object'],
      if: { type: 'string' },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: approvalType,
      else: approval,
      default: 'auto',
    },
    level: name,
    deploys: list(packageReference, { minItems: 1, uniqueItems: true }),
    jobs: named(jobSchema, { minProperties: 1 }),
  },
  { required: ['name', 'jobs'] },
);

const environment: Schema = {
  type: 'object',
  propertyNames: {
    type: 'string',
    pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    description: 'a name of an environment variable: letters, digits and "_"',
  },
  additionalProperties: { type: 'string' },
};

/** An entry of `pipelines:`. */
export const pipelineSchema: Schema = mapping(
  {
    group: text,
    label: otherwise(text, defaults.label),
    materials: list(material, { minItems: 1 }),
    timer: mapping(
      { cron: text, onlyOnChanges: otherwise({ type: 'boolean' }, false) },
      { required: ['cron'] },
    ),
    publishes: list(packageReference, { uniqueItems: true }),
    lock: otherwise({ type: 'string', enum: ['none', 'onFailure', 'unlockWhenFinished'] }, defaults.lock),
    maxNewRuns: otherwise({ type: 'integer', minimum: 1, maximum: 10_000 }, defaults.maxNewRuns),
    environment,
    access: pipelineAccessSchema,
    stages: list(stage, { minItems: 1 }),
  },
  { required: ['materials', 'stages'] },
);
