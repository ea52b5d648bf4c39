import { type Interpolator, UnresolvedReference } from '../interpolator.ts';
import type { Finding, Path } from '../problem.ts';
import { isObject } from '../value-at.ts';

/** A value with its references filled in, and those that cannot be. */
export interface Interpolated {
  /** Shares every part with the original in which nothing was to be filled in. */
  readonly resolved: unknown;
  readonly findings: readonly Finding[];
  /** Where something was filled in, and what of it is secret. */
  readonly places: readonly FilledPlace[];
}

/** A place that a reference was filled in at. */
export interface FilledPlace {
  readonly path: Path;
  readonly secrets: readonly string[];
}

/**
 * Fills in the references of every text of the configuration but `run:` and `label:`, which have a `${...}`
 * of their own, and the hashes of tokens, which are what they are. The masker learns nothing of it yet.
 */
export function interpolateAll(value: unknown, interpolator: Interpolator): Interpolated {
  const findings: Finding[] = [];
  const places: FilledPlace[] = [];
  const fillIn = (text: string, path: Path): string => {
    if (isExempt(path)) return text;
    try {
      const { text: filled, secrets } = interpolator.fillIn(text);
      places.push({ path, secrets });
      return filled;
    } catch (thrown) {
      if (!(thrown instanceof UnresolvedReference)) throw thrown;
      findings.push({ path, at: 'value', message: thrown.message });
      return text;
    }
  };
  return { resolved: mapTexts(value, [], fillIn), findings, places };
}

/** Whether a text refers to what is to be filled in. */
export function hasReference(text: string): boolean {
  return /(?<!\$)\$\{(env|file):[^}]+\}/.test(text);
}

function isExempt(path: Path): boolean {
  if (path[0] === 'access') return path[3] === 'sha256';
  if (path[0] !== 'pipelines') return false;
  return (path.length === 3 && path[2] === 'label') || (path.length === 7 && path[6] === 'run');
}

function mapTexts(value: unknown, path: Path, change: (text: string, path: Path) => string): unknown {
  if (typeof value === 'string') return value.includes('${') ? change(value, path) : value;
  if (!isObject(value)) return value;
  let copy: Record<string, unknown> | undefined;
  // Most of a large configuration has nothing to fill in: it is shared, not copied.
  for (const key of Object.keys(value)) {
    const mapped = mapTexts(value[key], [...path, key], change);
    if (mapped === value[key]) continue;
    copy ??= copyOf(value);
    copy[key] = mapped;
  }
  return copy ?? value;
}

function copyOf(value: Record<string, unknown>): Record<string, unknown> {
  const copy: object = Array.isArray(value) ? [...value] : { ...value };
  return isObject(copy) ? copy : {};
}
