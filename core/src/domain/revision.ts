/** What became of a revision's bytes, as far as the ledger knows. */
export type RevisionState = 'published' | 'republished' | 'withdrawn';

/** What its registry says of a revision. */
export type Standing = 'ok' | 'deprecated' | 'yanked';

/** A revision that a run may pin, with what is kept of it. */
export interface PinnableRevision {
  readonly id: number;
  readonly packageId: number;
  readonly version: string;
  readonly state: RevisionState;
  readonly standing: Standing;
  /** `algorithm:hex`, or empty. */
  readonly digest: string;
  /** Which of the bytes that the version had over time. */
  readonly edition: number;
  readonly rank: number;
  readonly location: string | null;
  readonly publishedAt: number | null;
  readonly publisher: string | null;
  readonly comment: string | null;
  readonly trackbackUrl: string | null;
  readonly purl: string | null;
  readonly data: Readonly<Record<string, string>>;
}

/** Which revisions of a package may start something by themselves. */
export interface Startable {
  readonly packageId: number;
  /** Standings that are accepted; `ok` always is. */
  readonly accept: readonly Standing[];
  /** Only this one, where something else has determined it. */
  readonly revisionId?: number | undefined;
  /** Only those of a lower rank. */
  readonly below?: number | undefined;
  readonly limit: number;
}
