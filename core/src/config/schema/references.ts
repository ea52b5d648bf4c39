import type { Schema } from './terms.ts';

/** A text that refers to what is filled in when the configuration is read. */
const reference: Schema = {
  type: 'string',
  pattern: '\\$\\{(env|file):[^}]+\\}',
  description: 'a reference: ${env:NAME} or ${file:PATH}',
};

const constraints = ['pattern', 'enum', 'format'];
/** Hashes of tokens are what they are. */
const neverFilledIn = ['sha256'];
const annotations = ['title', 'description', 'default', 'writeOnly'];

/**
 * The same schema, which takes references wherever a number, a switch or a text of a certain form is
 * expected.
 */
export function allowReferences(schema: Schema): Schema {
  const entries = Object.entries(schema).map(([key, value]) => [key, allowInside(key, value)] as const);
  const deep = Object.fromEntries(entries);
  if (!isNarrow(schema)) return deep;
  const outer = Object.fromEntries(entries.filter(([key]) => annotations.includes(key)));
  const inner = Object.fromEntries(entries.filter(([key]) => !annotations.includes(key)));
  return { ...outer, anyOf: [inner, reference] };
}

function isNarrow({ type, ...rest }: Schema): boolean {
  if (type === 'string') return constraints.some((name) => name in rest);
  return type === 'integer' || type === 'number' || type === 'boolean';
}

/** Keys are no values: what they are called stays as it is. */
function allowInside(keyword: string, value: unknown): unknown {
  if (['propertyNames', 'if', 'enum', 'required', 'default', 'const'].includes(keyword)) return value;
  if (Array.isArray(value))
    return value.map((item: unknown) => (isSchema(item) ? allowReferences(item) : item));
  if (!isSchema(value)) return value;
  if (keyword !== 'properties' && keyword !== 'patternProperties') return allowReferences(value);
  const members = Object.entries(value).map(([name, item]) => {
    return [name, isSchema(item) && !neverFilledIn.includes(name) ? allowReferences(item) : item] as const;
  });
  return Object.fromEntries(members);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
