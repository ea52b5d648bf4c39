import type { Path } from './problem.ts';

/** What a path leads to in a plain value; undefined where it leads nowhere. */
export function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (!isObject(found) || !Object.hasOwn(found, step)) return undefined;
    found = found[step];
  }
  return found;
}

/**
 * Takes what a path leads to out of a plain value; an item of a list leaves a hole, so that the others keep
 * their places.
 */
export function removeAt(value: unknown, path: Path): void {
  const holder = valueAt(value, path.slice(0, -1));
  const last = path.at(-1);
  if (isObject(holder) && last !== undefined) delete holder[last];
}

/** Puts another value where a path leads to. */
export function setAt(value: unknown, path: Path, other: unknown): void {
  const holder = valueAt(value, path.slice(0, -1));
  const last = path.at(-1);
  if (isObject(holder) && last !== undefined) holder[last] = other;
}

/** Whether a value is a mapping or a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Whether a value is a mapping. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !Array.isArray(value);
}
