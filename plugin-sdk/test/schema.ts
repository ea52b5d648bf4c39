import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { type Fields, toJsonSchema } from '../src/index.ts';

/** Whether settings fit the JSON Schema of fields, as a validator of draft 2020-12 in strict mode has it. */
export function accepts(fields: Fields, settings: unknown): boolean {
  return new Ajv2020({ strict: true, formats: { uri: fullFormats.uri } }).validate(
    toJsonSchema(fields),
    settings,
  );
}
