/**
 * What the catalogue knows of a reason: the sentence for people is made of its facts, and of nothing else.
 */
export interface ReasonKind<Facts extends object> {
  /** When it is given. */
  readonly means: string;
  /** What whoever reads it can do. */
  readonly remedy: string;
  /** The sentence. */
  readonly say: (facts: Facts) => string;
}

/** Makes a row of the catalogue. */
export function reason<Facts extends object>(
  means: string,
  remedy: string,
  say: (facts: Facts) => string,
): ReasonKind<Facts> {
  return { means, remedy, say };
}

/** A reason of whatever kind, as it is stored and told: its code and its facts. */
export interface SomeReason {
  readonly code: string;
  readonly facts: object;
}

/**
 * What a material of a pipeline contributes: a version of a package, or the counter of a run of an upstream
 * pipeline.
 */
export interface Contribution {
  /** `npmjs/fastify`, or the pipeline's name. */
  readonly material: string;
  readonly value: string | number;
}

/** `npmjs/fastify 5.2.1`, `acceptance 17`. */
export function nameContribution({ material, value }: Contribution): string {
  return `${material} ${value}`;
}

/** Names joined for a sentence: `a, b and c`. */
export function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Somebody's own words, as the end of a sentence. */
export function quoteWords(comment: string | null): string {
  return comment === null || comment === '' ? '' : `: ${comment}`;
}

/** A moment in milliseconds, as ISO 8601 in UTC. */
export function toIso(at: number): string {
  return new Date(at).toISOString();
}
