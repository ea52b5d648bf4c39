import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { toJsonSchema } from '../../src/config/json-schema.ts';
import { compileSchema } from '../../src/config/schema/validator.ts';
import { repository, shelfRules } from './load.ts';

const validate = compileSchema(toJsonSchema(shelfRules.loaded()));

test('the JSON Schema of sluice.yaml takes what is valid', () => {
  expect(validate(parse(repository))).toEqual([]);
});

test.each([
  ['a key that is unknown', { servr: {} }],
  ['a key of a later version', { access: {} }],
  ['a plugin that is not there', { repositories: { a: { plugin: 'other' } } }],
  ["a plugin's field that is unknown", { repositories: { a: { plugin: 'shelf', config: { tokn: 'x' } } } }],
  [
    "a package's field that does not fit",
    { repositories: { a: { plugin: 'shelf', packages: { p: { config: { name: '!' } } } } } },
  ],
  ['a package without its fields', { repositories: { a: { plugin: 'shelf', packages: { p: {} } } } }],
])('the JSON Schema of sluice.yaml refuses %s', (_, document) => {
  expect(validate(document)).not.toEqual([]);
});

test('the JSON Schema of sluice.yaml tells editors what stands in for what is left out', () => {
  expect(toJsonSchema(new Map())).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    properties: { timezone: { default: 'UTC' }, server: { properties: { port: { default: 8153 } } } },
  });
});
