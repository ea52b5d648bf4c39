import type { ErrorObject } from 'ajv/dist/2020.js';
import { findClosest } from '../closest.ts';
import type { Path } from '../problem.ts';
import { hasReference } from '../reading/interpolate.ts';
import { valueAt } from '../value-at.ts';

/** Where an error is, and what is written there. */
export interface ErrorPlace {
  readonly inside: Path;
  readonly written: unknown;
}

/** What is wrong at a place, in words. */
export interface Sentence {
  readonly message: string;
  /** The key of the mapping there that is to blame, rather than the value itself. */
  readonly step?: string;
  readonly quote?: boolean;
}

/** An error of a schema as a sentence that says what to do. */
export function describeError(error: ErrorObject, { inside, written }: ErrorPlace): Sentence {
  const { keyword, params, parentSchema = {}, propertyName } = error;
  const shown =
    parentSchema['writeOnly'] === true ? 'this' : showFilledIn(error.data, valueAt(written, inside));
  const here = (message: string): Sentence => ({ message });
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      return { step: key, message: describeUnknownKey(key, parentSchema) };
    }
    case 'required':
      return here(`"${params['missingProperty']}" is missing`);
    case 'oneOf':
      return here(`needs exactly one of ${listRequired(parentSchema['oneOf']).join(', ')}`);
    case 'type':
      return describeType(error, shown);
    case 'enum':
      return here(describeChoice(String(error.data), shown, params['allowedValues'].map(String)));
    case 'pattern': {
      const expected = parentSchema['description'] ?? describeField(parentSchema, String(params['pattern']));
      if (propertyName === undefined) return here(`${shown} is not ${expected}`);
      return { step: propertyName, message: `${show(propertyName)} is not ${expected}` };
    }
    case 'format':
      return here(`${shown} is not a valid ${params['format']}`);
    case 'minLength':
      return here('is empty; fill it in or remove it');
    case 'minItems':
    case 'minProperties':
      return here(`needs at least ${params['limit']}`);
    case 'maxProperties':
      return here(`takes at most ${params['limit']}`);
    case 'uniqueItems':
      return here(`item ${Number(params['j']) + 1} is there twice`);
    case 'dependentRequired':
      return here(`"${params['property']}" needs "${params['missingProperty']}" beside it`);
    case 'minimum':
      return here(`${shown} must be at least ${params['limit']}`);
    case 'maximum':
      return here(`${shown} must be at most ${params['limit']}`);
    case 'maxLength':
      return here(`is longer than ${params['limit']} characters`);
    default:
      return here(`${shown} does not fit "${keyword}": ${JSON.stringify(error.schema)}`);
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a mapping',
  array: 'a list',
};

function describeType({ params, data, parentSchema }: ErrorObject, shown: string): Sentence {
  const expected: readonly string[] = [params['type']].flat();
  if (data === null) return { message: 'is empty; fill it in or remove it' };
  const words =
    parentSchema?.['description'] ??
    expected.map((type) => describeTypeName(type, parentSchema)).join(' or ');
  const isScalar = typeof data === 'number' || typeof data === 'boolean';
  if (isScalar && words === 'text')
    return { message: `text is expected, not ${typeNames[typeof data]}; quote it`, quote: true };
  const found = Array.isArray(data) ? 'a list' : typeof data === 'object' ? 'a mapping' : shown;
  return { message: `${words} is expected, not ${found}` };
}

/** A mapping is shown with what it must have, so that one sees what to write. */
function describeTypeName(type: string, schema: ErrorObject['parentSchema']): string {
  const shape = type === 'object' ? showShape(schema) : undefined;
  return shape === undefined ? (typeNames[type] ?? type) : `a mapping such as ${shape}`;
}

function showShape(schema: ErrorObject['parentSchema']): string | undefined {
  const { properties, required = [], oneOf, additionalProperties: items } = schema ?? {};
  const keys = [...required, ...listRequired(oneOf).slice(0, 1)];
  const shown = keys.length > 0 ? keys : Object.keys(properties ?? {}).slice(0, 1);
  if (shown.length > 0) return `{ ${shown.map((key) => `${key}: ...`).join(', ')} }`;
  return typeof items === 'object' && items !== null ? `{ NAME: ${showShape(items) ?? '...'} }` : undefined;
}

function listRequired(branches: unknown): readonly string[] {
  return Array.isArray(branches)
    ? branches.flatMap((branch: { readonly required?: readonly string[] }) => branch.required ?? [])
    : [];
}

function describeField(schema: ErrorObject['parentSchema'], pattern: string): string {
  if (schema?.['format'] === 'uri') return 'an absolute URL without user name';
  return `what "${schema?.['title'] ?? 'this'}" takes: ${pattern}`;
}

function describeUnknownKey(key: string, schema: ErrorObject['parentSchema']): string {
  const meant = findMeantKey(key, schema);
  const hint =
    meant === undefined
      ? `known here: ${Object.keys(schema?.['properties'] ?? {}).join(', ')}`
      : `did you mean "${meant}"?`;
  return `unknown key ${show(key)}; ${hint}`;
}

/** The key of a mapping that somebody who wrote another most likely meant. */
export function findMeantKey(key: string, schema: ErrorObject['parentSchema']): string | undefined {
  return findClosest(key, Object.keys(schema?.['properties'] ?? {}));
}

function describeChoice(value: string, shown: string, choices: readonly string[]): string {
  const meant = findClosest(value, choices);
  const expected = choices.length === 1 ? choices[0] : `one of ${choices.join(', ')}`;
  return `${shown} is not ${expected}${meant === undefined ? '' : `; did you mean "${meant}"?`}`;
}

/** What is written; a value that was filled in there is spoken of, not shown. */
function showFilledIn(value: unknown, written: unknown): string {
  const isFilledIn = typeof written === 'string' && written !== value && hasReference(written);
  return isFilledIn ? `what ${show(written)} stands for` : show(written);
}

/**
 * A value as it is quoted in a message: in one line, escaped, not too long, without the user info of a URL.
 */
function show(value: unknown): string {
  const json = (JSON.stringify(value) ?? 'nothing').replaceAll(/:\/\/[^@/\s]*@/g, '://[secret]@');
  return json.length > 100 ? `${json.slice(0, 97)}...` : json;
}
