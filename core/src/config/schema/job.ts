import { defaults } from '../defaults.ts';
import type { RemoteKindName } from '../jobs.ts';
import { azureSchema } from '../remote/azure.ts';
import { buildkiteSchema } from '../remote/buildkite.ts';
import { secretText } from '../remote/common.ts';
import { githubSchema } from '../remote/github.ts';
import { gitlabSchema } from '../remote/gitlab.ts';
import { gocdSchema } from '../remote/gocd.ts';
import { jenkinsSchema } from '../remote/jenkins.ts';
import { duration, exactlyOne, list, mapping, otherwise, type Schema, size, text, webUrl } from './terms.ts';

const remoteSchemas: Readonly<Record<RemoteKindName, Schema>> = {
  github: githubSchema,
  gitlab: gitlabSchema,
  jenkins: jenkinsSchema,
  gocd: gocdSchema,
  azure: azureSchema,
  buildkite: buildkiteSchema,
};

/** The kinds of jobs, each by the key that makes a job one of it. */
export const jobKinds = ['run', 'webhook', ...Object.keys(remoteSchemas)] as const;

const webhook = mapping(
  {
    url: webUrl,
    secret: secretText,
    wait: otherwise({ type: 'boolean' }, false),
    clientCert: text,
    clientKey: text,
    ca: text,
  },
  { required: ['url'] },
);

const variableName: Schema = {
  type: 'string',
  pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
  description: 'a name of an environment variable: letters, digits and "_"',
};

/** An entry of `jobs:`. */
export const jobSchema: Schema = mapping(
  {
    run: text,
    webhook,
    ...remoteSchemas,
    timeout: otherwise(duration, defaults.timeout),
    secrets: list(
      { type: 'string', pattern: '^.+\\..+$', description: 'a secret: REPOSITORY.FIELD' },
      { uniqueItems: true },
    ),
    onDoubt: { type: 'string', enum: ['fail', 'restart'] },
    cwd: text,
    shell: otherwise(text, defaults.shell),
    user: text,
    passEnvironment: list(variableName, { uniqueItems: true }),
    outputLimit: otherwise(size, defaults.outputLimit),
  },
  exactlyOne(...jobKinds),
);
