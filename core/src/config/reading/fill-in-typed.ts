import type { ErrorObject } from 'ajv/dist/2020.js';
import type { Path } from '../problem.ts';
import { pointerToPath } from '../schema/findings.ts';
import type { Validator } from '../schema/validator.ts';
import { setAt, valueAt } from '../value-at.ts';
import { hasReference } from './interpolate.ts';

/** A configuration in three forms. */
export interface Versions {
  /** As it is written: only this is shown. */
  readonly written: unknown;
  /** As it is kept: with those references alone filled in that stand where no text can. */
  readonly kept: unknown;
  /** With all of them filled in. */
  readonly resolved: unknown;
}

/**
 * Puts numbers, switches and choices in the places of references that stand for them, in what is kept too:
 * what is no text cannot be filled in at the moment of use. Answers where. What a reference stands for and
 * does not fit is left, for the schema to object to. The validator is that of what stands at `base`.
 */
export function fillInTyped(
  { written, kept, resolved }: Versions,
  base: Path,
  validate: Validator,
): readonly Path[] {
  const [before, after] = [valueAt(written, base), valueAt(resolved, base)];
  if (before === undefined || before === after) return [];
  const places: Path[] = [];
  for (const error of validate(before)) {
    const path = [...base, ...pointerToPath(error.instancePath)];
    const [text, filled] = [valueAt(written, path), valueAt(resolved, path)];
    const isReference = typeof text === 'string' && hasReference(text) && typeof filled === 'string';
    const value = isReference ? readTyped(filled, error) : undefined;
    if (value === undefined) continue;
    setAt(kept, path, value);
    setAt(resolved, path, value);
    places.push(path);
  }
  return places;
}

/**
 * The value that a text stands for where the schema objects to a text; undefined where it stands for none.
 */
function readTyped(
  text: string,
  { keyword, params, propertyName }: ErrorObject,
): string | number | boolean | undefined {
  if (propertyName !== undefined) return undefined;
  if (keyword === 'enum') return params['allowedValues'].includes(text) ? text : undefined;
  if (keyword !== 'type') return undefined;
  const types: readonly string[] = [params['type']].flat();
  if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true';
  const isNumber = types.includes('number')
    ? /^-?\d{1,15}(\.\d+)?$/.test(text)
    : types.includes('integer') && /^-?\d{1,15}$/.test(text);
  return isNumber ? Number(text) : undefined;
}
