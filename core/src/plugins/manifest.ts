import { contractVersion, PluginError } from '@sluice/plugin-sdk';
import type { Manifest } from './protocol.ts';

const longest = 65_536;

/**
 * Checks what a plugin says of itself. Throws `PLUGIN_FAILED`, in one sentence that names the plugin, what
 * was expected and what was found.
 */
export function readManifest(raw: unknown, source: string): Manifest {
  if (!isRecord(raw)) throw unfit(source, 'an object');
  if (JSON.stringify(raw).length > longest) throw unfit(source, `at most ${longest} characters of schemas`);
  const { id, title, contract, orders, environment } = raw;
  if (typeof id !== 'string' || !/^[a-z][a-z0-9-]{0,63}$/.test(id))
    throw unfit(source, 'an id of a-z, 0-9 and dashes');
  if (contract !== contractVersion) {
    const message = `The plugin ${id} (${source}) is written for contract ${String(contract)}, and this Sluice speaks contract ${contractVersion}: install a version of the plugin for contract ${contractVersion}.`;
    throw new PluginError('PLUGIN_FAILED', message);
  }
  if (typeof title !== 'string' || title.length > 255)
    throw unfit(source, 'a title of at most 255 characters');
  if (!isTextList(environment) || environment.includes('*'))
    throw unfit(source, 'a list of environment names, none of them "*" alone');
  const { repository, package: packageSchema, secrets } = raw;
  if (!isRecord(repository) || !isRecord(packageSchema) || !isRecord(secrets))
    throw unfit(source, 'fields of a repository and of a package');
  return {
    id,
    title,
    contract,
    repository,
    package: packageSchema,
    secrets: { repository: readTextList(secrets['repository']), package: readTextList(secrets['package']) },
    environment,
    orders: orders === true,
  };
}

function readTextList(value: unknown): readonly string[] {
  return isTextList(value) ? value : [];
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unfit(source: string, expected: string): PluginError {
  return new PluginError(
    'PLUGIN_FAILED',
    `The plugin at ${source} does not say what it is: expected ${expected}.`,
  );
}
