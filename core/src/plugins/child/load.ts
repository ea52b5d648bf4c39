import {
  contractVersion,
  isPackagePlugin,
  type PackagePlugin,
  secretNames,
  toJsonSchema,
} from '@sluice/plugin-sdk';
import type { Manifest } from '../protocol.ts';
import { importFrom } from './sdk.ts';
import { tellThrown } from './thrown.ts';

/** What to load: `specifier` as if the file at `base` imported it; `source` is its name for people. */
export interface Loading {
  readonly specifier: string;
  readonly base: string;
  readonly source: string;
}

/** Imports a plugin's module. Throws an `Error` that names the plugin and says what to do. */
export async function loadPlugin({ specifier, base, source }: Loading): Promise<PackagePlugin> {
  const module = await importFrom(specifier, base).catch((thrown: unknown) => {
    throw new Error(explainFailure(source, thrown), { cause: thrown });
  });
  const plugin = module['default'];
  if (isPackagePlugin(plugin)) return plugin;
  throw new Error(
    `${source} is no plugin: export what definePackagePlugin(...) of @sluice/plugin-sdk gives as its default`,
  );
}

function explainFailure(source: string, thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING') {
    return `${source} is TypeScript under node_modules, which Node does not run: publish the plugin as JavaScript, or name the .ts file by a path outside node_modules`;
  }
  return `${source} cannot be loaded: ${tellThrown(thrown)}`;
}

/** What a plugin says of itself. Of one for another contract only what every contract has. */
export function describePlugin(plugin: PackagePlugin): Partial<Manifest> {
  const { id, contract, title } = plugin;
  if (contract !== contractVersion) return { id, contract };
  return {
    id,
    title,
    contract,
    repository: toJsonSchema(plugin.repository),
    package: toJsonSchema(plugin.package),
    secrets: { repository: secretNames(plugin.repository), package: secretNames(plugin.package) },
    environment: plugin.environment ?? [],
    orders: plugin.order !== undefined,
  };
}
