/**
 * The roles that mean something by themselves, each with all that the one before may; every other role is a
 * name for lists.
 */
export const builtInRoles = ['viewer', 'operator', 'admin'] as const;

/** Names that stand in the audit log for what is no token. */
export const reservedNames: readonly string[] = ['anonymous', 'configuration', 'hook', 'nobody'];

/** Who may reach the server. */
export interface AccessConfig {
  readonly tokens: ReadonlyMap<string, TokenConfig>;
}

export interface TokenConfig {
  readonly name: string;
  /** Whom it stands for: approvals count persons, not tokens. */
  readonly person: string;
  readonly roles: readonly string[];
  /** SHA-256 of the token, lower-case hex; several while it is rotated. */
  readonly sha256: readonly string[];
  /** From then on it is worth nothing, in milliseconds; undefined is never. */
  readonly expiresAt: number | undefined;
}

/**
 * Who may do what with one pipeline: names of tokens or persons, or `role:NAME`; undefined is everybody whose
 * role is enough.
 */
export interface PipelineAccess {
  readonly view: readonly string[] | undefined;
  readonly operate: readonly string[] | undefined;
  readonly approve: readonly string[] | undefined;
}

const expiryPattern = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * The milliseconds of `2027-01-01` (its midnight in UTC) or of a full ISO 8601 time; undefined for anything
 * else.
 */
export function parseExpiry(text: string): number | undefined {
  const [time, midnight] = [Date.parse(text), Date.parse(text.slice(0, 'YYYY-MM-DD'.length))];
  if (!expiryPattern.test(text) || Number.isNaN(time) || Number.isNaN(midnight)) return undefined;
  // Date.parse takes 2027-02-30 for the 2nd of March.
  return text.startsWith(new Date(midnight).toISOString().slice(0, 'YYYY-MM-DD'.length)) ? time : undefined;
}

/** Whether a token is worth nothing any more; `now` in milliseconds. */
export function isExpired({ expiresAt }: TokenConfig, now: number): boolean {
  return expiresAt !== undefined && now >= expiresAt;
}
