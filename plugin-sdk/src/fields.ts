import { Secret } from './secret.ts';

/** A JSON Schema (draft 2020-12) of one setting. */
export type FieldSchema = Readonly<Record<string, unknown>>;

/**
 * One typed setting of a plugin: JSON Schema outside, a value of type `T` inside.
 *
 * Made with {@link field}; `parse` is given only values that fit the schema.
 */
export interface Field<T> {
  readonly schema: FieldSchema;
  readonly required: boolean;
  /** The typed value of a setting, or of its absence (`undefined`) where the field is optional. */
  parse(value: unknown): T;
}

/** Settings by name. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The typed values of {@link Fields}. */
export type Settings<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

// The host may not be empty, nor what follows the scheme hold user info (RFC 3986, section 3.2).
const urlPattern = /^(https?:\/\/[^\s/?#\\@]+|file:\/\/[^\s/?#\\@]*)([/?#]\S*)?$/;

interface TextOptions {
  /**
   * What the whole value must match; anchor it. Throws for flags other than `u`: JSON Schema has none, and
   * reads it so.
   */
  readonly pattern?: RegExp;
  readonly examples?: readonly string[];
}

interface IntegerOptions {
  readonly minimum?: number;
  readonly maximum?: number;
}

function required<T>(schema: FieldSchema, parse: (value: unknown) => T): Field<T> {
  return { schema, required: true, parse };
}

function optional<T>(inner: Field<T>): Field<T | undefined>;
function optional<T>(inner: Field<T>, fallback: T & (string | number | boolean)): Field<T>;
function optional<T>(inner: Field<T>, fallback?: T): Field<T | undefined> {
  const schema = fallback === undefined ? inner.schema : { ...inner.schema, default: fallback };
  return { schema, required: false, parse: (value) => (value === undefined ? fallback : inner.parse(value)) };
}

/** The kinds of settings a plugin can ask for; each takes the title that people see. */
export const field = {
  text: (title: string, { pattern, examples }: TextOptions = {}): Field<string> => {
    if (pattern?.flags)
      throw new TypeError(
        `the pattern of "${title}" has flags, which JSON Schema does not know: write it without`,
      );
    return required(
      {
        type: 'string',
        title,
        minLength: 1,
        ...(pattern && { pattern: pattern.source }),
        ...(examples && { examples }),
      },
      String,
    );
  },

  /** An absolute http, https or file URL without user info. */
  url: (title: string): Field<string> =>
    required({ type: 'string', title, format: 'uri', pattern: urlPattern.source }, String),

  /** A value that is never shown; it arrives as a {@link Secret}. */
  secret: (title: string): Field<Secret> =>
    required({ type: 'string', title, minLength: 1, writeOnly: true }, (value) => new Secret(String(value))),

  flag: (title: string): Field<boolean> => required({ type: 'boolean', title }, (value) => value === true),

  integer: (title: string, { minimum, maximum }: IntegerOptions = {}): Field<number> =>
    required(
      {
        type: 'integer',
        title,
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
      },
      Number,
    ),

  choice: <const C extends string>(title: string, choices: readonly C[]): Field<C> =>
    required({ type: 'string', title, enum: choices }, (value) => value as C),

  /** Makes a field one that may be left out, and says what stands in for it. */
  optional,
} as const;
