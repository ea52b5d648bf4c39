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
  /** Where only whoever may list is told that a file is missing, others get 403 (S3): take that for absent too. */
  readonly orForbidden?: boolean;
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
  /** Resolves where the repository can be reached and read. */
  check(): Promise<void>;
}
