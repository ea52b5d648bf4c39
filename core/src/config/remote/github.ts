import type { Template } from '../config.ts';
import { mapping, type Schema, text } from '../schema/terms.ts';
import { type CommonSettings, type Parameters, parameters, remoteMapping, secretText } from './common.ts';

/** A run of a GitHub Actions workflow. */
export interface GithubSettings extends CommonSettings {
  /** `owner/name` */
  readonly repository: Template;
  /** The workflow's file name, or its id. */
  readonly workflow: Template;
  /** Branch or tag: the workflow is started by `workflow_dispatch`. */
  readonly ref?: Template;
  /** The event's type: the workflow is started by `repository_dispatch`. */
  readonly event?: Template;
  readonly inputs?: Parameters;
  readonly token?: Template;
  readonly app?: GithubApp;
}

/** A GitHub App's installation, which mints its own tokens. */
export interface GithubApp {
  readonly appId: Template;
  readonly installationId: Template;
  /** PEM. */
  readonly privateKey: Template;
}

/** GitHub takes 25 inputs; one is the idempotency key. */
export const mostInputs = 24;

export const githubDefaults = { url: 'https://api.github.com' } as const;

export const githubSchema: Schema = remoteMapping(
  {
    repository: { type: 'string', pattern: '^[^/\\s]+/[^/\\s]+$', description: 'a repository: OWNER/NAME' },
    workflow: text,
  },
  {
    ref: text,
    event: text,
    inputs: { ...parameters, maxProperties: mostInputs },
    token: secretText,
    app: mapping(
      { appId: text, installationId: text, privateKey: secretText },
      { required: ['appId', 'installationId', 'privateKey'] },
    ),
  },
  githubDefaults.url,
);
