import type { Surroundings } from '../plugin.ts';
import type { FaultName } from './faults.ts';
import type { Script } from './faulty-server.ts';

/** Settings as somebody writes them into sluice.yaml. */
export type RawSettings = Readonly<Record<string, string | number | boolean>>;

/**
 * What a registry serves at one path: the text or bytes of the body, or a whole answer, or how to make one
 * from the request.
 */
export type RegistryDocument = string | Uint8Array | Script;

/** What a registry looks like at one moment. */
export interface RegistryState {
  /** Where it is: `http://127.0.0.1:PORT`, or the `file:` URL of a directory; without a slash at the end. */
  readonly origin: string;
  /** The versions of the package that are published now, in the order of {@link PluginCases.publications}. */
  readonly versions: readonly string[];
}

/** A setting that must be refused, by the fields or by the plugin's `validate`. */
export interface WrongSetting {
  readonly in: 'repository' | 'package';
  readonly field: string;
  readonly value: string | number | boolean;
}

/** What a plugin's author tells the contract suite about his ecosystem. */
export interface PluginCases {
  /**
   * Settings of a repository at `origin`; with a secret of 8 characters or more where the plugin has secret
   * fields.
   */
  repository(origin: string): RawSettings;
  /** Settings of a package of which every one of the publications is a version. */
  readonly package: RawSettings;
  /** Versions in the order in which they are published. */
  readonly publications: readonly [string, string, ...string[]];
  /**
   * The documents of the registry by path, as the plugin sends it (`/left-pad`; with the query where it
   * matters). Paths that are missing are 404. The suite adds an ETag, and answers 304 where the plugin asks
   * for it.
   */
  documents(state: RegistryState): Readonly<Record<string, RegistryDocument>>;
  /**
   * Versions from the lowest to the highest, none equal, among them what text order gets wrong (`1.9`,
   * `1.10`).
   */
  readonly ascending: readonly [string, string, string, ...string[]];
  /** Settings that must be refused. */
  readonly wrong: readonly WrongSetting[];
  /**
   * Settings of a package that this registry does not have, where that can be told from one that has no
   * versions.
   */
  readonly absent?: RawSettings;
  /** Passed to `open`; default an empty environment. */
  readonly surroundings?: Partial<Surroundings>;
  /**
   * Faults that `poll` cannot tell from an answer in this ecosystem, with the reason: `{ 'an empty document':
   * 'a list may be empty' }`.
   */
  readonly except?: { readonly [name in FaultName]?: string };
  /**
   * Why this plugin needs no HTTP. The documents are then files in a directory, and the faults of a network
   * are skipped.
   */
  readonly withoutHttp?: string;
}
