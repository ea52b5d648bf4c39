/**
 * What became of a request, where it is not an answer to go on with: `refused` by the server for good,
 * `missing` there, `busy` and to be asked later, `broken` so that nobody knows whether it was done, `unsent`
 * so that it certainly was not.
 */
export type ProblemKind = 'refused' | 'missing' | 'busy' | 'broken' | 'unsent' | 'garbled';

/** A request that was not answered as it should be. */
export class RemoteProblem extends Error {
  override readonly name = 'RemoteProblem';
  readonly kind: ProblemKind;
  /** How long the server asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: ProblemKind, message: string, retryAfterMs?: number) {
    super(message);
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}
