import type { Template } from './config.ts';
import type { AzureSettings } from './remote/azure.ts';
import type { BuildkiteSettings } from './remote/buildkite.ts';
import type { GithubSettings } from './remote/github.ts';
import type { GitlabSettings } from './remote/gitlab.ts';
import type { GocdSettings } from './remote/gocd.ts';
import type { JenkinsSettings } from './remote/jenkins.ts';

/** A job, by what does it. */
export type JobConfig = RunJob | WebhookJob | RemoteJob;

interface JobBase {
  readonly name: string;
  readonly timeoutMs: number;
  /** `repository.field` names of secrets that this job may see. */
  readonly secrets: readonly string[];
  /** What to do where nobody can know whether the job was done. */
  readonly onDoubt: 'fail' | 'restart';
}

/** A command on this machine. Definitions that older versions stored lack what is optional here. */
export interface RunJob extends JobBase {
  readonly kind: 'run';
  /** A shell command; never interpolated by Sluice. */
  readonly command: string;
  /** Where it runs: from the job's own folder, or absolute; default that folder. */
  readonly cwd?: string | undefined;
  /** The program that takes the command after `-c`; default /bin/sh. */
  readonly shell?: string | undefined;
  /** The user who runs it, by name; default the server's own. */
  readonly user?: string | undefined;
  /** Names of the server's own environment variables that it sees. */
  readonly passEnvironment?: readonly string[] | undefined;
  /** The most bytes of output that are stored: of more, the beginning and the end. */
  readonly outputLimit?: number | undefined;
}

/** A request to a receiver. Definitions that older versions stored lack what is optional here. */
export interface WebhookJob extends JobBase {
  readonly kind: 'webhook';
  readonly url: Template;
  readonly secret: Template | undefined;
  /** Whether a receiver that answers 202 reports the result later. */
  readonly wait?: boolean | undefined;
  readonly tls?: TlsFiles | undefined;
}

/** PEM files, absolute. */
export interface TlsFiles {
  readonly clientCert: string | undefined;
  readonly clientKey: string | undefined;
  /** Certificate authorities beside those of the configuration's `http.ca`. */
  readonly ca: string | undefined;
}

/** What the kinds of builds on other servers are configured with, as it is written. */
export interface RemoteSettings {
  readonly github: GithubSettings;
  readonly gitlab: GitlabSettings;
  readonly jenkins: JenkinsSettings;
  readonly gocd: GocdSettings;
  readonly azure: AzureSettings;
  readonly buildkite: BuildkiteSettings;
}

export type RemoteKindName = keyof RemoteSettings;

interface RemoteJobOf<K extends RemoteKindName> extends JobBase {
  readonly kind: K;
  readonly settings: RemoteSettings[K];
}

/** A build on another server. */
export type RemoteJob<K extends RemoteKindName = RemoteKindName> = { readonly [P in K]: RemoteJobOf<P> }[K];
