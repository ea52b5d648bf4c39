import type { Digests, Revision, RevisionFile } from '@sluice/plugin-sdk';

/** How the bytes that are published now compare with those that were recorded. */
export interface Comparison {
  /** Whether an algorithm that both know has two values. */
  readonly differ: boolean;
  /** What was recorded and is no longer told: `sha512`, or `sha512 of setup.whl`. */
  readonly vanished: readonly string[];
}

/**
 * Compares a revision's bytes on the algorithms that both records share, file by file where it has several.
 *
 * An algorithm or a file added is fine. What is missing altogether means "as recorded".
 */
export function compareBytes(recorded: Revision, seen: Revision): Comparison {
  const whole = compareDigests(recorded.digests, seen.digests);
  if (!recorded.files || !seen.files) return whole;
  const files = new Map(seen.files.map((file) => [file.name, file]));
  const each = recorded.files.map((file) => compareFile(file, files.get(file.name)));
  return {
    differ: whole.differ || each.some(({ differ }) => differ),
    vanished: [...whole.vanished, ...each.flatMap(({ vanished }) => vanished)],
  };
}

function compareFile(recorded: RevisionFile, seen: RevisionFile | undefined): Comparison {
  if (!seen) return { differ: false, vanished: [recorded.name] };
  const { differ, vanished } = compareDigests(recorded.digests, seen.digests);
  return { differ, vanished: vanished.map((name) => `${name} of ${recorded.name}`) };
}

function compareDigests(recorded: Digests | undefined, seen: Digests | undefined): Comparison {
  if (!recorded || !seen) return { differ: false, vanished: [] };
  const names = Object.keys(recorded);
  return {
    differ: names.some((name) => name in seen && seen[name] !== recorded[name]),
    vanished: names.filter((name) => !(name in seen)),
  };
}

/** The files of the same bytes, as both records know them. */
export function mergeFiles(recorded: Revision['files'], seen: Revision['files']): Revision['files'] {
  if (!recorded || !seen) return seen ?? recorded;
  const known = new Map(recorded.map((file) => [file.name, file]));
  for (const file of seen) {
    const digests = { ...known.get(file.name)?.digests, ...file.digests };
    known.set(file.name, {
      ...known.get(file.name),
      ...file,
      ...(Object.keys(digests).length > 0 && { digests }),
    });
  }
  return [...known.values()];
}
