/** What a registry says of a version's standing; core judges whether it may start anything. */
export const standings = ['ok', 'deprecated', 'yanked'] as const;

/** One of {@link standings}. */
export type Standing = (typeof standings)[number];

/** Digests by algorithm, lower-case names (`sha512`, `sha256`, `sha1`, `md5`) to lower-case hexadecimal. */
export type Digests = Readonly<Record<string, string>>;

/** One of several files that a version consists of. */
export interface RevisionFile {
  readonly name: string;
  readonly location?: string;
  readonly digests?: Digests;
  /** In bytes. */
  readonly size?: number;
}

/**
 * One published version of a package, as the repository tells it now.
 *
 * All but `version` may be missing: missing means "as recorded", never "changed".
 */
export interface Revision {
  /** The revision's identity in its package, at most 255 characters. */
  readonly version: string;
  readonly digests?: Digests;
  /** Where the bytes are: absolute, http, https or file, without credentials. */
  readonly location?: string;
  /** In milliseconds since 1970-01-01T00:00:00Z. */
  readonly publishedAt?: number;
  readonly publisher?: string;
  readonly comment?: string;
  /** A page for people: the project, the commit, the release notes. */
  readonly trackbackUrl?: string;
  /** Package URL, https://github.com/package-url/purl-spec */
  readonly purl?: string;
  readonly standing?: Standing;
  /** Something an operator should know about this version. */
  readonly warning?: string;
  /** For ecosystems with several files a version; a file added is no republishing. */
  readonly files?: readonly RevisionFile[];
  /** Facts for jobs, keys `[A-Z][A-Z0-9_]*`, at most 64 KiB in all. */
  readonly data?: Readonly<Record<string, string>>;
}
