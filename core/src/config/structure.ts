import type { ErrorObject } from 'ajv/dist/2020.js';
import type { Finding, Path } from './problem.ts';
import type { Incomplete, RawConfig } from './raw-config.ts';
import { fillInTyped, type Versions } from './reading/fill-in-typed.ts';
import { documentSchema } from './schema/document.ts';
import { pointerToPath, toFindings } from './schema/findings.ts';
import { compileSchema, type Validator } from './schema/validator.ts';
import { removeAt } from './value-at.ts';

/** What the schema of sluice.yaml says of a configuration. */
export interface Structure {
  readonly findings: readonly Finding[];
  /** The configuration without what did not fit. */
  readonly rest: Incomplete<RawConfig>;
  /** Where numbers, switches and choices were filled in. */
  readonly typed: readonly Path[];
}

let validator: Validator | undefined;

/**
 * Validates against the schema of sluice.yaml. What did not fit is taken out of `resolved`, so that the rules
 * that follow look at everything else and one mistake is not reported twice.
 */
export function checkStructure(versions: Versions): Structure {
  const { written, resolved } = versions;
  validator ??= compileSchema(documentSchema);
  const typed = fillInTyped(versions, [], validator);
  const errors = validator(resolved);
  const findings = toFindings(errors, { base: [], written });
  for (const error of errors) removeAt(resolved, offendingPath(error));
  assertPruned(resolved);
  return { findings, rest: resolved, typed };
}

/** What has to go for the error to go; nothing, where something is missing. */
function offendingPath({ keyword, instancePath, params, propertyName }: ErrorObject): Path {
  const path = pointerToPath(instancePath);
  if (keyword === 'additionalProperties') return [...path, String(params['additionalProperty'])];
  if (propertyName !== undefined) return [...path, propertyName];
  return ['type', 'enum', 'pattern', 'minLength', 'minimum', 'maximum'].includes(keyword) ? path : [];
}

/** Holds after everything that broke the schema was removed: what is left has the right types. */
function assertPruned(_value: unknown): asserts _value is Incomplete<RawConfig> {}

/** Whether a configuration fits: with no findings at all, nothing is missing either. */
export function isComplete(_config: unknown, findings: readonly Finding[]): _config is RawConfig {
  return findings.length === 0;
}
