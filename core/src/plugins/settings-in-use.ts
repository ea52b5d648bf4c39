import { PluginError } from '@sluice/plugin-sdk';
import type { PluginSettings, Template } from '../config/config.ts';

/** What settings need to be used: their references filled in, their secrets known to the mask. */
export interface SettingsReader {
  readonly resolve: (template: Template) => string;
  readonly learnSecret: (value: string) => void;
}

/**
 * Settings with every text resolved; those named in `secrets` are masked from now on. Throws
 * `CONFIG_INVALID`.
 */
export function resolveSettings(
  settings: PluginSettings,
  secrets: readonly string[],
  reader: SettingsReader,
): PluginSettings {
  const resolved = Object.entries(settings).map(
    ([name, value]) => [name, typeof value === 'string' ? resolveText(name, value, reader) : value] as const,
  );
  for (const [name, value] of resolved) if (secrets.includes(name)) reader.learnSecret(String(value));
  return Object.fromEntries(resolved);
}

/** One text resolved. Throws `CONFIG_INVALID`, naming the setting. */
export function resolveText(name: string, template: Template, { resolve }: SettingsReader): string {
  try {
    return resolve(template);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PluginError('CONFIG_INVALID', `The setting ${name} cannot be filled in: ${reason}`, { cause });
  }
}
