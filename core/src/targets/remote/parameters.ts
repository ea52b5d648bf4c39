import type { Template } from '../../config/config.ts';
import type { RemoteJob } from '../../config/jobs.ts';
import type { Parameters } from '../../config/remote/common.ts';

/** Fills in a text; `learn` is told every value that is filled in. Throws in words that hold no value. */
export type Resolve = (template: Template, learn: (secret: string) => void) => string;

const parts = /\$\$\{|\$\{[^}]*\}|\$\$|\$([A-Za-z_][A-Za-z0-9_]*)/g;

/**
 * The value of a parameter: `$NAME` stands for a variable of the job's environment, `${env:NAME}` and
 * `${file:PATH}` for what they always do, `$$` for `$`. Throws for a variable that the job does not have.
 */
function renderParameter(
  template: Template,
  environment: Readonly<Record<string, string>>,
  resolve: (template: Template) => string,
): string {
  return template.replaceAll(parts, (written: string, name: string | undefined) => {
    if (written === '$$') return '$';
    if (name === undefined) return resolve(written);
    const value = environment[name];
    if (value === undefined)
      throw new Error(`$${name} is no variable of this job; write $$${name} for the text itself`);
    return value;
  });
}

/** The parameters that a job's configuration chooses, filled in; undefined where it chooses none. */
export function fillInParameters(
  chosen: Parameters | undefined,
  environment: Readonly<Record<string, string>>,
  resolve: (template: Template) => string,
): Readonly<Record<string, string>> | undefined {
  if (chosen === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(chosen).map(([name, value]) => [name, renderParameter(value, environment, resolve)]),
  );
}

/** The parameters that a job chooses, as they are written. */
export function parametersOf(job: RemoteJob): Parameters | undefined {
  switch (job.kind) {
    case 'github':
      return job.settings.inputs;
    case 'gitlab':
    case 'gocd':
      return job.settings.variables;
    case 'jenkins':
    case 'azure':
      return job.settings.parameters;
    case 'buildkite':
      return job.settings.env;
  }
}

/** The settings with every text filled in, but for the parameters. */
export function fillInSettings<S extends object>(
  settings: S,
  parameters: Parameters | undefined,
  resolve: (template: Template) => string,
): S {
  const fillIn = (value: unknown): unknown => {
    if (typeof value === 'string') return resolve(value);
    if (typeof value !== 'object' || value === null || value === parameters) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fillIn(inner)]));
  };
  const filled = Object.entries(settings).map(([name, value]) => [name, fillIn(value)]);
  return Object.fromEntries(filled);
}
