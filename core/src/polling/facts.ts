import type { Revision } from '@sluice/plugin-sdk';
import { type Comparison, mergeFiles } from './digests.ts';

const vanishing = 'The repository no longer tells: ';

/** What is known of a revision after an answer that did not change its bytes: missing means "as recorded". */
export function mergeFacts(recorded: Revision, seen: Revision, { vanished }: Comparison): Revision {
  const digests = seen.digests && { ...recorded.digests, ...seen.digests };
  const files = mergeFiles(recorded.files, seen.files);
  const { warning: _, ...merged } = { ...recorded, ...definedOf(seen), ...(digests && { digests }), ...(files && { files }) };
  const warning = mergeWarnings(recorded.warning, seen.warning, vanished);
  return { ...merged, ...(warning !== undefined && { warning }) };
}

/** What is known of a revision whose bytes changed: nothing that told of the old bytes stays. */
export function replaceFacts(recorded: Revision, seen: Revision): Revision {
  const { digests: _, files: __, ...rest } = recorded;
  return { ...rest, ...definedOf(seen) };
}

/** A revision with what `poll` left out filled in by `describe`. */
export function fillIn(polled: Revision, described: Revision): Revision {
  const digests = { ...described.digests, ...polled.digests };
  return { ...definedOf(described), ...definedOf(polled), ...(Object.keys(digests).length > 0 && { digests }) };
}

/** Whether two records tell the same. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return left.size === right.size && [...left].every(([name, value]) => right.has(name) && isSame(value, right.get(name)));
}

function definedOf(revision: Revision): Revision {
  return {
    ...Object.fromEntries(Object.entries(revision).filter(([, value]) => value !== undefined)),
    version: revision.version,
  };
}

/** A digest that vanished is told beside the plugin's own warning, for as long as it is gone. */
function mergeWarnings(recorded: string | undefined, seen: string | undefined, vanished: readonly string[]): string | undefined {
  const own = seen ?? (recorded?.includes(vanishing) ? recorded.slice(0, recorded.indexOf(vanishing)).trimEnd() : recorded);
  const ours = vanished.length > 0 ? `${vanishing}${vanished.join(', ')}` : undefined;
  return [own, ours].filter((part) => part !== undefined && part !== '').join('\n') || undefined;
}
