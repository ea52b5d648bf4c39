import { toPluginError } from '@sluice/plugin-sdk';
import { findPlugin } from './find.ts';
import type { PluginHostOptions } from './host-options.ts';
import { HostedPlugin } from './hosted-plugin.ts';
import type { LoadedPlugin, PluginFailure } from './plugin-host.ts';
import type { Manifest } from './protocol.ts';
import { Words } from './words.ts';

/** A plugin that fits, with its processes. */
export interface Hosted {
  readonly plugin: HostedPlugin;
  readonly words: Words;
  readonly manifest: Manifest;
  readonly loaded: LoadedPlugin;
}

const idleMs = 300_000;

/** Finds a plugin and starts it to learn what it is; says why where that fails. */
export async function loadPlugin(
  source: string,
  options: PluginHostOptions,
): Promise<Hosted | PluginFailure> {
  const words = new Words(source, options.mask, options.log);
  try {
    const found = await findPlugin(source, options.directory);
    const plugin = new HostedPlugin({
      found,
      words,
      limits: options.limits,
      learnSecret: options.learnSecret,
      environment: options.environment,
      directory: process.cwd(),
      configuration: options.directory,
      idleMs: options.idleMs ?? idleMs,
      onRestart: options.onRestart ?? (() => {}),
    });
    const manifest = await plugin.load(options.signal);
    words.plugin = manifest.id;
    const { id, title, contract, repository, package: packageSchema, secrets } = manifest;
    const loaded = {
      id,
      title,
      contract,
      version: found.version,
      source,
      repository,
      package: packageSchema,
      secrets,
    };
    return { plugin, words, manifest, loaded };
  } catch (thrown) {
    return { source, message: words.show(toPluginError(thrown).message) };
  }
}
