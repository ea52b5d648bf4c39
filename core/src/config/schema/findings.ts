import type { ErrorObject } from 'ajv/dist/2020.js';
import type { Finding, Path } from '../problem.ts';
import { describeError, findMeantKey } from './sentences.ts';

/** How the errors of a schema become findings. */
export interface FindingsOptions {
  /** Where the value that was validated stands in the configuration. */
  readonly base: Path;
  /** The same value before interpolation: only this is shown. */
  readonly written: unknown;
}

/** What a schema objects to, in plain words, without what follows from something else that is said. */
export function toFindings(
  errors: readonly ErrorObject[],
  { base, written }: FindingsOptions,
): readonly Finding[] {
  const explained = new Set(errors.flatMap(listExplained));
  return errors
    .filter((error) => !isConsequence(error, explained))
    .map((error) => {
      const inside = pointerToPath(error.instancePath);
      const { step, message, quote } = describeError(error, { inside, written });
      const holder = [...base, ...inside];
      const label = labelOf(holder);
      const labelled = label === '' ? message : `${label}: ${message}`;
      const place =
        step === undefined
          ? { path: holder, at: 'value' as const }
          : { path: [...holder, step], at: 'key' as const };
      return { ...place, message: labelled, ...(quote && { quote }) };
    });
}

/** The errors that need no saying beside this one, as {@link identify} writes them. */
function listExplained({ keyword, instancePath, params, parentSchema }: ErrorObject): readonly string[] {
  if (keyword === 'pattern') return [`${instancePath}: format`];
  if (keyword === 'type') return [`${instancePath}: oneOf`];
  if (keyword !== 'additionalProperties') return [];
  const key = String(params['additionalProperty']);
  return [`${instancePath}: required ${findMeantKey(key, parentSchema)}`];
}

function isConsequence(error: ErrorObject, explained: ReadonlySet<string>): boolean {
  const { keyword, schemaPath } = error;
  const wrapsAnother = keyword === 'if' || keyword === 'propertyNames' || schemaPath.includes('/oneOf/');
  return wrapsAnother || explained.has(identify(error));
}

function identify({ keyword, instancePath, params }: ErrorObject): string {
  return keyword === 'required'
    ? `${instancePath}: required ${params['missingProperty']}`
    : `${instancePath}: ${keyword}`;
}

/** What people call a place: its key, with the index in a list. */
function labelOf(path: Path): string {
  const key = path.findLastIndex((step) => !/^\d+$/.test(step));
  return path
    .slice(Math.max(key, 0))
    .map((step, index) => (index === 0 ? step : `[${step}]`))
    .join('');
}

/** The steps of a JSON pointer (RFC 6901). */
export function pointerToPath(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
