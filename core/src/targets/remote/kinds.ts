import type { RemoteKindName } from '../../config/jobs.ts';
import type { RemoteKind } from './kind.ts';
import { azure } from './kinds/azure.ts';
import { buildkite } from './kinds/buildkite.ts';
import { github } from './kinds/github.ts';
import { gitlab } from './kinds/gitlab.ts';
import { gocd } from './kinds/gocd.ts';
import { jenkins } from './kinds/jenkins.ts';

/** The kinds of servers that can be asked for builds. */
export const remoteKinds: { readonly [K in RemoteKindName]: RemoteKind<K> } = {
  github,
  gitlab,
  jenkins,
  gocd,
  azure,
  buildkite,
};
