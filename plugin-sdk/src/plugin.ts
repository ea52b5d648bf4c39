import type { PluginError } from './errors.ts';
import type { Fields, Settings } from './fields.ts';
import type { Http } from './http.ts';
import type { Revision } from './revision.ts';

/** The version of the plugin contract that this package speaks. */
export const contractVersion = 1;

/** Opaque to core: what the plugin wants back at the next poll of this package, at most 4 KiB of text. */
export type Cursor = string;

/** Where a plugin says what it does, for the operator who reads the log. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** What core lends for the length of one question. */
export interface Call {
  readonly http: Http;
  /** Aborts when the answer is no longer wanted; `http` obeys it already. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** A sign of life, shown to people: `progress(3, 1000, 'packages')`. */
  progress(done: number, total: number | undefined, unit: string): void;
  /** Masks a value from now on wherever this plugin's words are shown; for a token that it minted or read. */
  secret(value: string): void;
}

/** A {@link Call} for `poll`, with the cursor that the repository gave last time. */
export interface PollCall extends Call {
  readonly cursor: Cursor | undefined;
}

/** A package that is due, with the cursor that the plugin gave for it last time. */
export interface DuePackage<P extends Fields = Fields> {
  readonly key: string;
  readonly config: Settings<P>;
  readonly cursor: Cursor | undefined;
}

/** What `poll` found out about one package. */
export type PackageAnswer =
  /** The same as when the cursor was made. */
  | { readonly unchanged: true }
  /**
   * The whole selected set, in any order; with `current`, a pointer that is followed and the version it names
   * now.
   */
  | { readonly revisions: readonly Revision[]; readonly current?: string; readonly cursor?: Cursor }
  /** A change feed's difference since the cursor. */
  | { readonly added: readonly Revision[]; readonly removed: readonly string[]; readonly cursor?: Cursor }
  | { readonly problem: PluginError };

/** A fact about the repository as a whole; its cursor comes back as {@link PollCall.cursor}. */
export interface RepositoryAnswer {
  readonly repository: { readonly warning?: string; readonly cursor?: Cursor };
}

/** One step of a poll. */
export type PollAnswer = ({ readonly key: string } & PackageAnswer) | RepositoryAnswer;

/**
 * A version with what `poll` left out filled in, `absent` if it is not really there, or why it could not be
 * told.
 */
export type Description = Revision | 'absent' | PluginError;

/** A repository that was opened with its settings; it lives until they change. */
export interface OpenRepository<P extends Fields = Fields> {
  /**
   * Can it be reached and read? Resolves, or throws {@link PluginError}. Asked only where no package is
   * configured: with packages, `poll` is asked, and its answers are the verdict. So do not fail where a good
   * repository may answer like this; say with `call.log.info` what could not be learnt.
   */
  check(call: Call): Promise<void>;
  /** Asks for many packages at once, and answers each as soon as it is known. */
  poll(packages: readonly DuePackage<P>[], call: PollCall): AsyncIterable<PollAnswer>;
  /** Answers for each revision given, in the order given. */
  describe?(config: Settings<P>, revisions: readonly Revision[], call: Call): Promise<readonly Description[]>;
}

/** What is wrong with a setting, in words that say what to do. */
export interface FieldProblem {
  /** Which of the two configurations. */
  readonly in: 'repository' | 'package';
  readonly field: string;
  readonly message: string;
}

/** What the process around a plugin lends to `open`. */
export interface Surroundings {
  /** The environment variables that {@link PackagePlugin.environment} names, as far as they are set. */
  readonly environment: Readonly<Record<string, string>>;
  /** The directory that the server runs in. */
  readonly directory: string;
}

/** A package plugin as its author writes it. */
export interface PackagePluginDefinition<R extends Fields, P extends Fields> {
  /** The name that sluice.yaml uses, `[a-z][a-z0-9-]*`. */
  readonly id: string;
  readonly title: string;
  readonly repository: R;
  readonly package: P;
  /**
   * Names of environment variables that the plugin reads; a trailing `*` stands for any ending. Others are
   * not passed.
   */
  readonly environment?: readonly string[];
  /** Pure: what the fields alone cannot say. */
  validate?(settings: {
    readonly repository: Settings<R>;
    readonly package: Settings<P>;
  }): readonly FieldProblem[];
  /** A total order over this ecosystem's version strings; never throws. */
  compare(a: string, b: string): number;
  /** An order over whole revisions, where the version alone does not decide. */
  order?(a: Revision, b: Revision, config: Settings<P>): number;
  /** Pure: makes what answers the questions. */
  open(settings: Settings<R>, surroundings: Surroundings): OpenRepository<P>;
}

const brand = Symbol.for('sluice.package-plugin');

/**
 * A package plugin as core takes it: the definition, stamped with the contract version it was written for.
 */
export interface PackagePlugin<R extends Fields = Fields, P extends Fields = Fields>
  extends PackagePluginDefinition<R, P> {
  readonly contract: number;
}

/** Stamps a plugin with the contract it was written for. The default export of a plugin's module. */
export function definePackagePlugin<const R extends Fields, const P extends Fields>(
  definition: PackagePluginDefinition<R, P>,
): PackagePlugin<R, P> {
  return Object.freeze(
    Object.assign(Object.create({ [brand]: true }), definition, { contract: contractVersion }),
  );
}

/** Whether a value was made by {@link definePackagePlugin}, of this copy of the package or another. */
export function isPackagePlugin(value: unknown): value is PackagePlugin {
  return typeof value === 'object' && value !== null && brand in value;
}
