import type { Revision } from '@sluice/plugin-sdk';
import type { PluginSettings } from '../config/config.ts';
import type {
  AskedPackage,
  Problem,
  Progress,
  RefusedRevision,
  SettingProblem,
  Traffic,
} from './plugin-host.ts';

/** What a plugin's HTTP client is made with: interpolated, with the text of the files. */
export interface HttpSettings {
  readonly proxy: string | undefined;
  readonly noProxy: readonly string[];
  readonly ca: string | undefined;
  readonly clientCert: string | undefined;
  readonly clientKey: string | undefined;
  readonly trust: readonly string[];
  readonly concurrencyPerHost: number;
}

/** A repository as the plugin's process opens it: with resolved settings. */
export interface RepositorySettings {
  readonly name: string;
  readonly settings: PluginSettings;
  readonly http: HttpSettings;
}

/** Every question by name: what it says once, the items it asks about, and the parts that answer it. */
export interface Questions {
  validate: {
    head: { readonly repository: PluginSettings };
    item: { readonly name: string; readonly settings: PluginSettings };
    part: { readonly name: string; readonly problems: readonly SettingProblem[] };
  };
  compare: { head: object; item: readonly [string, string]; part: number };
  /** The first `sorted` items are in order already; versions alone where the plugin orders by them. */
  merge: {
    head: { readonly config: PluginSettings; readonly sorted: number };
    item: string | Revision;
    part: number;
  };
  check: { head: { readonly repository: RepositorySettings }; item: never; part: never };
  poll: {
    head: { readonly repository: RepositorySettings; readonly cursor: string | undefined };
    item: AskedPackage;
    part: PollPart;
  };
  describe: {
    head: { readonly repository: RepositorySettings; readonly config: PluginSettings };
    item: Revision;
    part: DescribedPart;
  };
}

/** The name of a question. */
export type QuestionKind = keyof Questions;

/** A question's name with what it says once. */
export type Question<K extends QuestionKind = QuestionKind> = {
  [N in K]: { readonly kind: N } & Questions[N]['head'];
}[K];

/** A piece of what `poll` answers: long lists come ahead of their answer, in pieces. */
export type PollPart =
  | { readonly kind: 'revisions'; readonly key: string; readonly revisions: readonly Revision[] }
  | { readonly kind: 'refused'; readonly key: string; readonly refused: readonly RefusedRevision[] }
  | { readonly kind: 'removed'; readonly key: string; readonly removed: readonly string[] }
  | { readonly kind: 'unchanged'; readonly key: string }
  | { readonly kind: 'complete' | 'difference'; readonly key: string; readonly cursor?: string }
  | { readonly kind: 'pointer'; readonly key: string; readonly current: string; readonly cursor?: string }
  | { readonly kind: 'problem'; readonly key: string; readonly problem: Problem }
  | { readonly kind: 'repository'; readonly warning?: string; readonly cursor?: string };

/** What `describe` answers for one revision. */
export type DescribedPart =
  | { readonly kind: 'revision'; readonly revision: Revision }
  | { readonly kind: 'absent' }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** What a plugin says of itself when it is loaded. */
export interface Manifest {
  readonly id: string;
  readonly title: string;
  readonly contract: number;
  readonly repository: Readonly<Record<string, unknown>>;
  readonly package: Readonly<Record<string, unknown>>;
  readonly secrets: { readonly repository: readonly string[]; readonly package: readonly string[] };
  readonly environment: readonly string[];
  readonly orders: boolean;
}

/** How loud a line of the log is. */
export type LogLevel = 'debug' | 'info' | 'warn';

/** What the server says to a plugin's process. */
export type ToPlugin =
  | {
      readonly type: 'surroundings';
      readonly environment: Readonly<Record<string, string>>;
      readonly directory: string;
    }
  | { readonly type: 'question'; readonly id: number; readonly question: Question }
  | { readonly type: 'items'; readonly id: number; readonly items: readonly unknown[] }
  /** Every item was said: answer now. */
  | { readonly type: 'go'; readonly id: number }
  /** So many characters of parts were taken by whoever asked. */
  | { readonly type: 'credit'; readonly id: number; readonly characters: number }
  | { readonly type: 'abort'; readonly id: number; readonly reason: string };

/** What a plugin's process says to the server. */
export type FromPlugin =
  | { readonly type: 'manifest'; readonly manifest: unknown }
  /** The module is no plugin, or cannot be loaded. */
  | { readonly type: 'unfit'; readonly reason: string }
  | { readonly type: 'part'; readonly id: number; readonly part: unknown }
  | { readonly type: 'end'; readonly id: number; readonly traffic?: Traffic }
  | { readonly type: 'failed'; readonly id: number; readonly problem: unknown; readonly traffic?: Traffic }
  /** The abort was heard; what the question does about it is another matter. */
  | { readonly type: 'aborting'; readonly id: number }
  | { readonly type: 'sign'; readonly id: number; readonly progress?: Progress }
  | { readonly type: 'log'; readonly id?: number; readonly level: LogLevel; readonly message: string }
  | { readonly type: 'secret'; readonly value: string }
  /** An error that nobody caught ends the process. */
  | { readonly type: 'dying'; readonly reason: string };

/** What may cross between the two at most. */
export const crossing = {
  /**
   * Characters of one line: a piece of `piece` characters, or one revision of the largest size, with room to
   * spare.
   */
  line: 1_048_576,
  /** Characters at which a list is cut into another piece. */
  piece: 32_768,
  /** Characters of one item of a list. */
  item: 262_144,
  /**
   * Characters of parts on the way that nobody took yet, for each question: as much as the server takes in
   * one turn.
   */
  window: 65_536,
  /** Characters of one answer. */
  answer: 67_108_864,
  /** Revisions of one answer. */
  revisions: 100_000,
  /** Bytes of a cursor. */
  cursor: 4096,
  /** Characters of a message in a log or a problem. */
  message: 8192,
} as const;
