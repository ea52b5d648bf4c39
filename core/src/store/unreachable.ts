/** The store does not answer. */
export class StoreUnreachable extends Error {
  override readonly name: string = 'StoreUnreachable';
}

/**
 * The connection to the database broke, or there was none to be had: what was under way is rolled back, and
 * may be done again.
 */
export class ConnectionLost extends StoreUnreachable {
  override readonly name = 'ConnectionLost';

  constructor(cause: unknown) {
    super(`the database does not answer: ${describe(cause)}`, { cause });
  }
}

/**
 * The connection broke while a transaction was being committed: whether it was, its mark in the database
 * tells.
 */
export class CommitUnknown extends StoreUnreachable {
  override readonly name = 'CommitUnknown';
  readonly mark: string;

  constructor(mark: string, cause: unknown) {
    super(`whether it was recorded is not known, since the database does not answer: ${describe(cause)}`, {
      cause,
    });
    this.mark = mark;
  }
}

/** Of several addresses that were tried, Node tells in an error without a message. */
function describe(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(describe).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}
