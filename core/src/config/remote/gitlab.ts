import type { Template } from '../config.ts';
import { type Schema, text } from '../schema/terms.ts';
import { type CommonSettings, type Parameters, parameters, remoteMapping, secretText } from './common.ts';

/** A pipeline of a GitLab project. */
export interface GitlabSettings extends CommonSettings {
  /** The project's id, or its path. */
  readonly project: Template;
  readonly ref: Template;
  readonly variables?: Parameters;
  /** Starts pipelines. */
  readonly triggerToken: Template;
  /** Reads and cancels them. */
  readonly token: Template;
}

export const gitlabDefaults = { url: 'https://gitlab.com' } as const;

export const gitlabSchema: Schema = remoteMapping(
  { project: text, ref: text, triggerToken: secretText, token: secretText },
  { variables: parameters },
  gitlabDefaults.url,
);
