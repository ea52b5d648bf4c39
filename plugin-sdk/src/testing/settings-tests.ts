import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { describe, expect, it } from 'vitest';
import type { Fields } from '../fields.ts';
import { contractVersion, isPackagePlugin, type PackagePlugin } from '../plugin.ts';
import { parseSettings, secretNames, toJsonSchema } from '../settings.ts';
import type { PluginCases, RawSettings } from './cases.ts';

interface Both {
  readonly repository: RawSettings;
  readonly package: RawSettings;
}

const compiled = new WeakMap<Fields, ValidateFunction>();
const sides = ['repository', 'package'] as const;
const shortestSecret = 8;

/** Tests of what a plugin is, and of its settings. */
export function describeSettings(plugin: PackagePlugin, cases: PluginCases): void {
  const origin = cases.withoutHttp === undefined ? 'https://registry.example' : 'file:///srv/repository';
  const given: Both = { repository: cases.repository(origin), package: cases.package };

  describe('definition', () => {
    it(`is made by definePackagePlugin, for contract ${contractVersion}`, () => {
      expect(isPackagePlugin(plugin), 'export what definePackagePlugin returns').toBe(true);
      expect(plugin.contract).toBe(contractVersion);
    });

    it('has an id that sluice.yaml can use, and a title', () => {
      expect(plugin.id).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(plugin.title).toMatch(/\S/);
    });
  });

  describe('settings', () => {
    it('of the cases are accepted', () => {
      expect(findFaults(plugin, given)).toEqual([]);
    });

    it('that are missing are found', () => {
      const required = sides.flatMap((side) =>
        requiredNames(plugin[side]).map((name) => [side, name] as const),
      );
      for (const [side, name] of required) {
        const { [name]: _, ...rest } = given[side];
        expect(findFaults(plugin, { ...given, [side]: rest })).toContain(`${side}.${name}`);
      }
    });

    it('that no field knows are found', () => {
      for (const side of sides) {
        expect(
          findFaults(plugin, { ...given, [side]: { ...given[side], 'no-such-setting': 'x' } }),
        ).toContain(`${side}.no-such-setting`);
      }
    });

    it('have a secret that can be looked for', () => {
      const secrets = sides.flatMap((side) =>
        secretNames(plugin[side]).map((name) => [`${side}.${name}`, given[side][name]] as const),
      );
      const longEnough = secrets.filter(
        ([, value]) => typeof value === 'string' && value.length >= shortestSecret,
      );
      const wanted = `give one of ${secrets.map(([name]) => name).join(', ')} a value of ${shortestSecret} characters or more`;
      expect(secrets.length === 0 || longEnough.length > 0, wanted).toBe(true);
    });

    for (const wrong of cases.wrong) {
      it(`refuse ${wrong.in}.${wrong.field}: ${JSON.stringify(wrong.value)}`, () => {
        const settings = { ...given, [wrong.in]: { ...given[wrong.in], [wrong.field]: wrong.value } };
        expect(findFaults(plugin, settings)).toContain(`${wrong.in}.${wrong.field}`);
      });
    }
  });
}

/**
 * The settings that the schema refuses or, where it refuses none, those that the plugin's own rules do, as
 * `repository.url`.
 */
function findFaults(plugin: PackagePlugin, settings: Both): readonly string[] {
  const bySchema = sides.flatMap((side) =>
    findSchemaFaults(plugin[side], settings[side]).map((name) => `${side}.${name}`),
  );
  if (bySchema.length > 0) return bySchema;
  const problems = plugin.validate?.({
    repository: parseSettings(plugin.repository, settings.repository),
    package: parseSettings(plugin.package, settings.package),
  });
  return (problems ?? []).map((problem) => {
    expect(problem.message, 'a problem says what to do').toMatch(/\S/);
    expect(Object.keys(plugin[problem.in]), 'a problem names a field that there is').toContain(problem.field);
    return `${problem.in}.${problem.field}`;
  });
}

function findSchemaFaults(fields: Fields, settings: RawSettings): readonly string[] {
  const validate = compileSchema(fields);
  if (validate(settings)) return [];
  return (validate.errors ?? []).map(({ instancePath, params }) => {
    const name = params['missingProperty'] ?? params['additionalProperty'] ?? instancePath.slice(1);
    return String(name);
  });
}

function compileSchema(fields: Fields): ValidateFunction {
  const known = compiled.get(fields);
  if (known) return known;
  const validate = new Ajv2020({ allErrors: true, formats: { uri: fullFormats.uri } }).compile(
    toJsonSchema(fields),
  );
  compiled.set(fields, validate);
  return validate;
}

function requiredNames(fields: Fields): readonly string[] {
  return Object.entries(fields)
    .filter(([, { required }]) => required)
    .map(([name]) => name);
}
