import { list, mapping, name, named, type Schema, text } from './terms.ts';

const hash: Schema = {
  type: 'string',
  pattern: '^[0-9a-fA-F]{64}$',
  description: 'the SHA-256 of a token, as 64 hexadecimal digits; "sluice token new" prints it',
};

const token = mapping(
  {
    sha256: list(hash, { minItems: 1, uniqueItems: true }),
    roles: list(name, { uniqueItems: true }),
    expires: text,
    person: name,
  },
  { required: ['sha256'] },
);

/** The section `access:`. */
export const accessSchema: Schema = mapping({ tokens: named(token) }, { required: ['tokens'] });

const who = list(
  {
    type: 'string',
    pattern: '^(role:)?[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$',
    description: 'the name of a token or a person, or role:NAME',
  },
  { uniqueItems: true },
);

/** `access:` of a pipeline. */
export const pipelineAccessSchema: Schema = mapping({ view: who, operate: who, approve: who });
