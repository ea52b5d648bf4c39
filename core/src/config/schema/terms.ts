import { durationExamples, durationPattern } from '../duration.ts';
import { sizeExamples, sizePattern } from '../size.ts';

/** A JSON Schema, draft 2020-12. */
export type Schema = Readonly<Record<string, unknown>>;

/** Every name that people choose: of repositories, packages, pipelines, stages and jobs. */
export const name: Schema = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$',
  description: 'a name: letters, digits, ".", "_" and "-", beginning with a letter or digit',
};

export const text: Schema = { type: 'string', minLength: 1 };
export const duration: Schema = { type: 'string', pattern: durationPattern, description: durationExamples };
export const size: Schema = { type: 'string', pattern: sizePattern, description: sizeExamples };

/** An http or https URL without user info. */
export const webUrl: Schema = {
  type: 'string',
  pattern: '^https?://[^\\s/?#@]+([/?#]\\S*)?$',
  description: 'an http or https URL without user name',
};

/**
 * A mapping whose keys are ours; those that begin with `x-` belong to whoever writes them, for YAML anchors.
 */
export function mapping(properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema {
  return {
    type: 'object',
    properties,
    patternProperties: { '^x-': true },
    additionalProperties: false,
    ...more,
  };
}

/** A mapping from names that people choose. */
export function named(item: Schema, more: Schema = {}): Schema {
  return { type: 'object', propertyNames: name, additionalProperties: item, ...more };
}

/** A list. */
export function list(items: Schema, more: Schema = {}): Schema {
  return { type: 'array', items, ...more };
}

/** Exactly one of these keys must be there. */
export function exactlyOne(...keys: readonly string[]): Schema {
  return { oneOf: keys.map((key) => ({ required: [key] })) };
}

/** The schema with the value that stands in where there is none. */
export function otherwise(schema: Schema, value: unknown): Schema {
  return { ...schema, default: value };
}
