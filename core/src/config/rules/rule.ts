import type { PluginFields } from '../plugin-rules.ts';
import type { Finding, Path } from '../problem.ts';
import type { Incomplete, RawConfig } from '../raw-config.ts';

/** What a rule looks at. */
export interface Subject {
  /** Interpolated, and without what did not fit the schema. */
  readonly config: Incomplete<RawConfig>;
  /** Where relative paths start. */
  readonly directory: string;
  /** Undefined where they could not be loaded, which is reported already. */
  readonly plugins: ReadonlyMap<string, PluginFields> | undefined;
  /** Whether a text is a cron expression that the scheduler takes, in this timezone. */
  readonly isCron: (expression: string, timezone: string) => boolean;
}

/** Something that must hold and that a schema cannot say. */
export type Rule = (subject: Subject) => Iterable<Finding>;

/** A finding at a value. */
export function atValue(path: Path, message: string): Finding {
  return { path, at: 'value', message };
}

/** A finding at a key. */
export function atKey(path: Path, message: string): Finding {
  return { path, at: 'key', message };
}

/** The entries of a mapping of which any part may be missing. */
export function entriesOf<T>(
  mapping: Readonly<Record<string, T | undefined>> | undefined,
): readonly (readonly [string, T])[] {
  return Object.entries(mapping ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
}

/** The items of a list with their indexes, holes left out. */
export function itemsOf<T>(
  list: { readonly [index: number]: T | undefined } | undefined,
): readonly (readonly [string, T])[] {
  return Object.entries(list ?? {}).flatMap(([index, value]) =>
    value === undefined ? [] : [[index, value] as const],
  );
}
