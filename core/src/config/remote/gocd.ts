import type { Template } from '../config.ts';
import { type Schema, text } from '../schema/terms.ts';
import { type CommonSettings, type Parameters, parameters, remoteMapping, secretText } from './common.ts';

/** An instance of a GoCD pipeline. */
export interface GocdSettings extends CommonSettings {
  /** With its path, as people open it: `https://gocd.example.com/go`. */
  readonly url: Template;
  readonly pipeline: Template;
  /** Only variables that the pipeline's configuration has. */
  readonly variables?: Parameters;
  /** A personal access token. */
  readonly token: Template;
}

export const gocdSchema: Schema = remoteMapping(
  { pipeline: text, token: secretText },
  { variables: parameters },
);
