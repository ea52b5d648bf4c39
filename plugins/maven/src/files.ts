import type { Validators } from '@sluice/plugin-sdk';
import type { RepositoryPath } from './layout.ts';

/** What came of reading a file. */
export type ReadFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'read'; readonly bytes: Uint8Array; readonly validators: Validators };

/** How to read a file. */
export interface ReadOptions {
  /** In bytes; more is `TOO_LARGE`. */
  readonly maxBytes: number;
  /** What it was when it was read last. */
  readonly validators?: Validators;
  /** Past caches on the way. */
  readonly fresh?: boolean;
  /**
   * Take every refusal (400, 401, 403, 405, ...) for absent: of a file that others only go by, that is all it
   * means. S3 answers 403 for what is not there, Google Artifact Registry 400 for a checksum.
   */
  readonly orRefused?: boolean;
}

/** A file that is there. */
export interface FoundFile {
  /** In milliseconds since 1970, where the repository tells. */
  readonly modifiedAt: number | undefined;
}

/** The files of a repository, wherever it is. Every method throws `PluginError` for what is no answer. */
export interface Files {
  /** The absolute URL of a path. */
  locate(path: RepositoryPath): string;
  read(path: RepositoryPath, options: ReadOptions): Promise<ReadFile>;
  /** Whether a file is there, without reading it. */
  find(path: RepositoryPath): Promise<FoundFile | undefined>;
  /** Whether the repository can be reached and read; answers what could not be learnt, in words. */
  check(): Promise<string | undefined>;
}
