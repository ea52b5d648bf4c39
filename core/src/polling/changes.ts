import type { Revision } from '@sluice/plugin-sdk';
import type { Problem } from '../plugins/plugin-host.ts';
import type { RecordedRevision, RevisionPatch } from '../store/ledger.ts';

/** What the ledger has of one package. */
export interface PackageHistory {
  readonly revisions: readonly RecordedRevision[];
  /** Whether this selection's first complete answer is still to come. */
  readonly baseline: boolean;
  /** The version that a followed pointer named last. */
  readonly pointer: string | undefined;
  /** Since when so much is missing that it is first a problem, in milliseconds. */
  readonly shrunkSince: number | undefined;
}

/**
 * When it is, and how far apart two answers must be before a revision that both lack is withdrawn;
 * milliseconds.
 */
export interface DetectionTime {
  readonly now: number;
  readonly confirmMs: number;
}

/** What may become of a recorded revision. */
export type ChangeKind =
  | 'republished'
  | 'returned'
  | 'withdrawn'
  | 'missing'
  | 'amended'
  | 'selected'
  | 'deselected';

/** How a recorded revision changed. */
export interface RevisionChange {
  readonly kind: ChangeKind;
  readonly recorded: RecordedRevision;
  readonly patch: RevisionPatch;
}

/** What an answer changes of what the ledger has. */
export interface Changes {
  /** Versions never seen before. */
  readonly fresh: readonly Revision[];
  readonly changed: readonly RevisionChange[];
  /** The version that a followed pointer names, undefined where none is followed. */
  readonly pointer: string | undefined;
  readonly shrunkSince: number | undefined;
  /** What an operator should look at. */
  readonly problem: Problem | undefined;
  /** Whether nothing has to be asked again: only then is the cursor kept. */
  readonly settled: boolean;
  /** Whether it can be told what may start something: only then is a first look taken. */
  readonly conclusive: boolean;
}
