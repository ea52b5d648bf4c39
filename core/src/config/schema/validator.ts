import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { Schema } from './terms.ts';

/** Everything in which a value does not fit a schema; empty if it fits. */
export type Validator = (value: unknown) => readonly ErrorObject[];

/** The formats that plugins' fields use. */
const formats = { uri: (text: string) => URL.canParse(text) };

/**
 * Compiles a JSON Schema, draft 2020-12. Throws for a schema that is none, unknown keywords and formats
 * included.
 */
export function compileSchema(schema: Schema): Validator {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    formats,
  });
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}
