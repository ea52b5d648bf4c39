import { setImmediate } from 'node:timers/promises';
import type { PluginSettings } from '../config.ts';
import type { PluginFields, PluginRules, SettingObjection } from '../plugin-rules.ts';
import type { Finding, Path } from '../problem.ts';
import { fillInTyped, type Versions } from '../reading/fill-in-typed.ts';
import { toFindings } from '../schema/findings.ts';
import { compileSchema, type Validator } from '../schema/validator.ts';
import { isMapping, valueAt } from '../value-at.ts';

interface PluginValidators {
  readonly repository: Validator;
  readonly package: Validator;
}

/** How many packages a plugin is asked about at once. */
const batchSize = 1000;

/**
 * What plugins object to in their settings: by their schemas, on values filled in, then by their own rules.
 */
export async function checkSettings(versions: Versions, rules: PluginRules): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const plugins = rules.loaded();
  const validators = new Map<string, PluginValidators>();
  for (const [name, repository] of mappingsAt(versions.resolved, ['repositories'])) {
    const plugin = String(repository['plugin']);
    const fields = plugins.get(plugin);
    if (!fields) continue;
    const compiled = validators.get(plugin) ?? compilePlugin(fields);
    validators.set(plugin, compiled);
    findings.push(
      ...(await new RepositorySettings(versions, name, compiled).check((own, packages) =>
        rules.validate(plugin, own, packages),
      )),
    );
    // A hundred thousand packages take a while; the server answers in between.
    await setImmediate();
  }
  return findings;
}

function compilePlugin(fields: PluginFields): PluginValidators {
  return { repository: compileSchema(fields.repository), package: compileSchema(fields.package) };
}

type Ask = (
  own: PluginSettings,
  packages: ReadonlyMap<string, PluginSettings>,
) => Promise<ReadonlyMap<string, readonly SettingObjection[]>>;

/** Understands the settings of one repository and its packages. */
class RepositorySettings {
  readonly #versions: Versions;
  readonly #path: Path;
  readonly #validators: PluginValidators;

  constructor(versions: Versions, name: string, validators: PluginValidators) {
    this.#versions = versions;
    this.#path = ['repositories', name];
    this.#validators = validators;
  }

  async check(ask: Ask): Promise<readonly Finding[]> {
    const packages = mappingsAt(this.#versions.resolved, [...this.#path, 'packages']);
    const findings = this.#fit(this.#path, this.#validators.repository);
    const ownFits = findings.length === 0;
    const fitting: string[] = [];
    for (const [name, { config }] of packages) {
      if (config === undefined) continue;
      const objections = this.#fit([...this.#path, 'packages', name], this.#validators.package);
      findings.push(...objections);
      if (objections.length === 0) fitting.push(name);
    }
    return ownFits ? [...findings, ...(await this.#askPlugin(ask, fitting))] : findings;
  }

  #fit(holder: Path, validate: Validator): Finding[] {
    const base = [...holder, 'config'];
    fillInTyped(this.#versions, base, validate);
    const written = valueAt(this.#versions.written, base) ?? {};
    const errors = validate(valueAt(this.#versions.resolved, base) ?? {});
    return errors.length === 0 ? [] : [...toFindings(errors, { base, written })];
  }

  async #askPlugin(ask: Ask, names: readonly string[]): Promise<readonly Finding[]> {
    const findings = new Map<string, Finding>();
    for (let from = 0; from < names.length; from += batchSize) {
      const packages = names
        .slice(from, from + batchSize)
        .map((name) => [name, this.#kept([...this.#path, 'packages', name])] as const);
      for (const [name, objections] of await ask(this.#kept(this.#path), new Map(packages))) {
        for (const objection of objections) {
          const finding = this.#toFinding(name, objection);
          findings.set(`${finding.path.join('/')}: ${finding.message}`, finding);
        }
      }
    }
    return [...findings.values()];
  }

  #toFinding(name: string, objection: SettingObjection): Finding {
    const holder = objection.in === 'repository' ? this.#path : [...this.#path, 'packages', name];
    return {
      path: [...holder, 'config', objection.field],
      at: 'value',
      message: `${objection.field}: ${objection.message}`,
    };
  }

  #kept(holder: Path): PluginSettings {
    const settings = valueAt(this.#versions.kept, [...holder, 'config']) ?? {};
    return isSettings(settings) ? settings : {};
  }
}

/** Settings fit their schema, in which fields are scalar. */
function isSettings(value: unknown): value is PluginSettings {
  return isMapping(value);
}

function mappingsAt(
  value: unknown,
  path: Path,
): readonly (readonly [string, Readonly<Record<string, unknown>>])[] {
  return Object.entries(valueAt(value, path) ?? {}).filter(
    (entry): entry is [string, Record<string, unknown>] => isMapping(entry[1]),
  );
}
