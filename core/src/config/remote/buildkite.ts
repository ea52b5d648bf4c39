import type { Template } from '../config.ts';
import { otherwise, type Schema, text } from '../schema/terms.ts';
import { type CommonSettings, type Parameters, parameters, remoteMapping, secretText } from './common.ts';

/** A build of a Buildkite pipeline. */
export interface BuildkiteSettings extends CommonSettings {
  /** Its slug. */
  readonly organization: Template;
  /** Its slug. */
  readonly pipeline: Template;
  readonly branch: Template;
  readonly commit?: Template;
  readonly env?: Parameters;
  readonly token: Template;
}

export const buildkiteDefaults = { url: 'https://api.buildkite.com', commit: 'HEAD' } as const;

export const buildkiteSchema: Schema = remoteMapping(
  { organization: text, pipeline: text, branch: text, token: secretText },
  { commit: otherwise(text, buildkiteDefaults.commit), env: parameters },
  buildkiteDefaults.url,
);
