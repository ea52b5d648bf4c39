import type { PluginSettings } from '../../config/config.ts';
import type { FirstConfig } from '../../config/first-config.ts';
import type { LoadedPlugin } from '../../plugins/plugin-host.ts';
import { type FormBody, readField } from '../pages/forms.ts';

/** A configuration as far as somebody has filled it in. */
export type Draft = FirstConfig;

/** One setting of a plugin, as a form asks for it. */
export interface SettingField {
  readonly name: string;
  readonly title: string;
  readonly kind: 'text' | 'number' | 'flag' | 'choice' | 'secret';
  readonly required: boolean;
  readonly choices: readonly string[];
  readonly example: string;
}

type Schema = Readonly<Record<string, unknown>>;

/** The settings that a JSON Schema of a plugin asks for, in its order. */
export function listFields(schema: Schema): readonly SettingField[] {
  const required = toTexts(schema['required']);
  return Object.entries(toRecord(schema['properties'])).map(([name, property]) => {
    const { title, type, enum: choices, examples, default: fallback, writeOnly } = toRecord(property);
    return {
      name,
      title: typeof title === 'string' ? title : name,
      kind: findKind(type, choices, writeOnly),
      required: required.includes(name),
      choices: toTexts(choices),
      example: String(toTexts(examples)[0] ?? fallback ?? ''),
    };
  });
}

function findKind(type: unknown, choices: unknown, writeOnly: unknown): SettingField['kind'] {
  if (writeOnly === true) return 'secret';
  if (Array.isArray(choices)) return 'choice';
  if (type === 'boolean') return 'flag';
  return type === 'integer' || type === 'number' ? 'number' : 'text';
}

/**
 * Reads a form; what is not filled in gets a name to begin with. Settings are called `repository.url`,
 * `package.name`.
 */
export function readDraft(plugins: ReadonlyMap<string, LoadedPlugin>, body: FormBody): Draft {
  const wanted = plugins.get(readField(body, 'plugin') ?? 'npm') ?? plugins.values().next().value;
  const plugin = wanted?.id ?? '';
  const read = (part: 'repository' | 'package') => ({
    name: readField(body, `${part}Name`) ?? (part === 'repository' ? plugin : 'watched'),
    config: wanted ? readSettings(part, listFields(wanted[part]), body) : {},
  });
  return { plugin, repository: read('repository'), package: read('package') };
}

function readSettings(part: string, fields: readonly SettingField[], body: FormBody): PluginSettings {
  const given = fields.flatMap(({ name, kind }): [string, PluginSettings[string]][] => {
    const text = readField(body, `${part}.${name}`);
    return text === undefined ? [] : [[name, readValue(kind, text)]];
  });
  return Object.fromEntries(given);
}

function readValue(kind: SettingField['kind'], text: string): PluginSettings[string] {
  if (kind === 'flag') return text === 'true';
  return kind === 'number' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return { ...(typeof value === 'object' ? value : {}) };
}

function toTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
