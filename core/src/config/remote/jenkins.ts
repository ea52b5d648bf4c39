import type { Template } from '../config.ts';
import { type Schema, text } from '../schema/terms.ts';
import { type CommonSettings, type Parameters, parameters, remoteMapping, secretText } from './common.ts';

/** A build of a parameterised Jenkins job. */
export interface JenkinsSettings extends CommonSettings {
  readonly url: Template;
  /** The job's full name: `folder/name`. */
  readonly job: Template;
  readonly parameters?: Parameters;
  readonly user: Template;
  /** An API token of that user, or the password. */
  readonly token: Template;
}

export const jenkinsSchema: Schema = remoteMapping(
  { job: text, user: text, token: secretText },
  { parameters },
);
