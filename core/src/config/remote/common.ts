import type { Template } from '../config.ts';
import { mapping, otherwise, type Schema, text, webUrl } from '../schema/terms.ts';

/** What every kind of build on another server is configured with. */
export interface CommonSettings {
  readonly url?: Template;
  /** By what the server's own webhook proves itself when it says "look now". */
  readonly hookSecret?: Template;
}

/**
 * Values by name, in which `$NAME` stands for a variable of the job's environment; left out, all of that goes
 * along.
 */
export type Parameters = Readonly<Record<string, Template>>;

/** A text that is secret: no message shows it. */
export const secretText: Schema = { ...text, writeOnly: true };

/** Names of parameters, and their values. */
export const parameters: Schema = {
  type: 'object',
  propertyNames: {
    type: 'string',
    pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$',
    description: 'a name of a parameter: letters, digits, "_", "." and "-", beginning with a letter or "_"',
  },
  additionalProperties: { type: 'string' },
};

/**
 * The mapping of one kind: what it needs, what it may have, and what all have. `url` is the default where the
 * vendor has one server for all.
 */
export function remoteMapping(
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>>,
  url?: string,
): Schema {
  const known = { ...required, ...optional, hookSecret: secretText };
  const needed = Object.keys(required);
  return url === undefined
    ? mapping({ url: webUrl, ...known }, { required: ['url', ...needed] })
    : mapping({ url: otherwise(webUrl, url), ...known }, { required: needed });
}
