/** Gives the ids of what is new in place of those that a decision spoke of it by. */
export type IdOf = (id: number) => number;

/** By what effects are written. */
export interface Writing {
  readonly idOf: IdOf;
  /** What is new, by the ids that the decision spoke of it by. */
  readonly ids: Map<number, number>;
  /** Milliseconds. */
  readonly now: number;
}
