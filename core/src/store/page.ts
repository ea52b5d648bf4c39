/** A part of a list, and where to go on: `after` for the next part, null where this is the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: number | null;
}

/** Where to begin in a list, and how much to take. */
export interface PageRequest {
  /** The `next` of the part before. */
  readonly after?: number | undefined;
  readonly limit: number;
}
