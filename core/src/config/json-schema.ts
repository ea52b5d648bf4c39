import type { PluginFields } from './plugin-rules.ts';
import { sections } from './schema/document.ts';
import { allowReferences } from './schema/references.ts';
import { packageSchema, repositorySchema } from './schema/repository.ts';
import { mapping, named, type Schema } from './schema/terms.ts';

/**
 * The JSON Schema (draft 2020-12) of sluice.yaml, with the fields of the plugins given: for editors, and for
 * those who generate it.
 */
export function toJsonSchema(plugins: ReadonlyMap<string, PluginFields>): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'sluice.yaml',
    ...allowReferences(mapping({ ...sections, repositories: named(describeRepository(plugins)) })),
  };
}

function describeRepository(plugins: ReadonlyMap<string, PluginFields>): Schema {
  const properties = {
    ...propertiesOf(repositorySchema),
    plugin: { type: 'string', enum: [...plugins.keys()] },
  };
  const cases = [...plugins].map(([id, fields]) => describePlugin(id, fields));
  return { ...repositorySchema, properties, ...(cases.length > 0 && { allOf: cases }) };
}

function describePlugin(id: string, fields: PluginFields): Schema {
  const entry = { ...packageSchema, properties: { ...propertiesOf(packageSchema), config: fields.package } };
  const needsConfig =
    Array.isArray(fields.repository['required']) && fields.repository['required'].length > 0;
  return {
    if: { properties: { plugin: { const: id } }, required: ['plugin'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      properties: { config: fields.repository, packages: named(entry) },
      ...(needsConfig && { required: ['config'] }),
    },
  };
}

function propertiesOf(schema: Schema): Readonly<Record<string, unknown>> {
  return { ...(schema['properties'] ?? {}) };
}
