import type { Field, Fields, Settings } from './fields.ts';
import { isSecret } from './secret.ts';

/** The JSON Schema (draft 2020-12) of an object of settings; unknown keys are refused. */
export function toJsonSchema(fields: Fields): Readonly<Record<string, unknown>> {
  const entries = Object.entries(fields);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
    required: entries.filter(([, { required }]) => required).map(([name]) => name),
    additionalProperties: false,
  };
}

/**
 * The typed values of settings that already fit {@link toJsonSchema}; fields that were left out take their
 * default.
 */
export function parseSettings<F extends Fields>(
  fields: F,
  raw: Readonly<Record<string, unknown>>,
): Settings<F> {
  const parsed = Object.entries(fields).map(([name, { parse }]: [string, Field<unknown>]) => [
    name,
    parse(raw[name]),
  ]);
  return Object.fromEntries(parsed) as Settings<F>;
}

/** The names of the fields whose values are secrets. */
export function secretNames(fields: Fields): readonly string[] {
  return Object.entries(fields)
    .filter(([, { schema }]) => schema['writeOnly'] === true)
    .map(([name]) => name);
}

/** The secrets among typed settings, revealed, for a masker. */
export function revealSecrets(settings: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.values(settings)
    .filter(isSecret)
    .map((secret) => secret.reveal());
}
