import type { Template } from '../config.ts';
import { type Schema, text } from '../schema/terms.ts';
import { type CommonSettings, type Parameters, parameters, remoteMapping, secretText } from './common.ts';

/** A run of a pipeline of Azure DevOps. */
export interface AzureSettings extends CommonSettings {
  /** Or the collection, on a server of one's own. */
  readonly organization: Template;
  readonly project: Template;
  /** The pipeline's id: `definitionId` in the address of its page. */
  readonly pipeline: number;
  /** Branch or tag, such as `refs/heads/main`; default the pipeline's own. */
  readonly ref?: Template;
  readonly parameters?: Parameters;
  /** A personal access token. */
  readonly token: Template;
}

export const azureDefaults = { url: 'https://dev.azure.com' } as const;

export const azureSchema: Schema = remoteMapping(
  { organization: text, project: text, pipeline: { type: 'integer', minimum: 1 }, token: secretText },
  { ref: text, parameters },
  azureDefaults.url,
);
