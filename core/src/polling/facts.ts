import type { Revision } from '@sluice/plugin-sdk';
import { type Comparison, mergeFiles } from './digests.ts';

const vanishing = 'The repository no longer tells: ';

/** What is known of a revision after an answer that did not change its bytes: missing means "as recorded". */
export function mergeFacts(recorded: Revision, seen: Revision, { vanished }: Comparison): Revision {
  if (vanished.length === 0 && !recorded.warning?.includes(vanishing) && isKnown(recorded, seen))
    return recorded;
  const digests = seen.digests && { ...recorded.digests, ...seen.digests };
  const files = mergeFiles(recorded.files, seen.files);
  const { warning: _, ...merged } = {
    ...recorded,
    ...definedOf(seen),
    ...(digests && { digests }),
    ...(files && { files }),
  };
  const warning = mergeWarnings(
    recorded.warning,
    isLifted(recorded, seen) ? (seen.warning ?? '') : seen.warning,
    vanished,
  );
  return { ...merged, ...(warning !== undefined && { warning }) };
}

/** Whether a version is in good standing again: what was said against it goes with it. */
function isLifted({ standing = 'ok' }: Revision, seen: Revision): boolean {
  return standing !== 'ok' && seen.standing === 'ok';
}

/** What is known of a revision whose bytes changed: nothing that told of the old bytes stays. */
export function replaceFacts(recorded: Revision, seen: Revision): Revision {
  const { digests: _, files: __, ...rest } = recorded;
  return { ...rest, ...definedOf(seen) };
}

/** A revision with what `poll` left out filled in by `describe`. */
export function fillIn(polled: Revision, described: Revision): Revision {
  const digests = { ...described.digests, ...polled.digests };
  return {
    ...definedOf(described),
    ...definedOf(polled),
    ...(Object.keys(digests).length > 0 && { digests }),
  };
}

/** Whether two records tell the same. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isRecord(a) || !isRecord(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/**
 * Whether an answer tells nothing that is not recorded: so it is of nearly every revision of a package that
 * changed.
 */
function isKnown(recorded: Revision, seen: Revision): boolean {
  const known: Readonly<Record<string, unknown>> = { ...recorded };
  return Object.entries(seen).every(([name, value]) => value === undefined || isSame(value, known[name]));
}

function definedOf(revision: Revision): Revision {
  return {
    ...Object.fromEntries(Object.entries(revision).filter(([, value]) => value !== undefined)),
    version: revision.version,
  };
}

/** A digest that vanished is told beside the plugin's own warning, for as long as it is gone. */
function mergeWarnings(
  recorded: string | undefined,
  seen: string | undefined,
  vanished: readonly string[],
): string | undefined {
  const own =
    seen ??
    (recorded?.includes(vanishing) ? recorded.slice(0, recorded.indexOf(vanishing)).trimEnd() : recorded);
  const ours = vanished.length > 0 ? `${vanishing}${vanished.join(', ')}` : undefined;
  return [own, ours].filter((part) => part !== undefined && part !== '').join('\n') || undefined;
}
