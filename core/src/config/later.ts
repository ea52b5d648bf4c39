import type { Path } from './problem.ts';

/** A key, or a value, that sluice.yaml will know and this version does not. */
interface Later {
  /** Where: `*` stands for any name or index. */
  readonly at: string;
  readonly key: string;
  readonly comesWith: string;
}

const later: readonly Later[] = [{ at: '', key: 'events', comesWith: 'events' }];

/** What to say of a key (or of a value that stands where a key could) that a later version brings; undefined for any other. */
export function describeLater(path: Path, key: string): string | undefined {
  const found = later.find((entry) => entry.key === key && fits(path, entry.at));
  return found && `"${key}" comes with ${found.comesWith}, which this version does not have yet; remove it`;
}

function fits(path: Path, at: string): boolean {
  const pattern = at === '' ? [] : at.split('.');
  return pattern.length === path.length && pattern.every((part, depth) => part === '*' || part === path[depth]);
}
