import { type FieldProblem, field, findCredentialProblems, type Settings } from '@sluice/plugin-sdk';
import { InvalidRange, parseVersionRange } from './version-range.ts';

/** The settings of a Maven repository. */
export const repositoryFields = {
  url: field.url('Repository URL: http, https, or file for a directory'),
  username: field.optional(field.text('User name')),
  password: field.optional(field.secret('Password')),
  token: field.optional(field.secret('Access token, sent as Bearer')),
  server: field.optional(
    field.text('Id of the server in settings.xml whose user name and password are used'),
  ),
  settings: field.optional(field.text('Path of that settings.xml; default ~/.m2/settings.xml')),
} as const;

/** The settings of an artifact. */
export const packageFields = {
  groupId: field.text('Group', {
    pattern: /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/,
    examples: ['org.apache.commons'],
  }),
  artifactId: field.text('Artifact', {
    pattern: /^(?!\.{1,2}$)[A-Za-z0-9_.-]+$/,
    examples: ['commons-lang3'],
  }),
  versions: field.optional(
    field.text('Maven version range; without it, all', { examples: ['[1.0,2.0)', '[1.5]'] }),
  ),
  prereleases: field.optional(
    field.flag('Whether versions with a pre-release qualifier (alpha, rc, M1 ...) are selected'),
    true,
  ),
  packaging: field.optional(
    field.text('Packaging or file type', { pattern: /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/ }),
    'jar',
  ),
  classifier: field.optional(
    field.text('Classifier', { pattern: /^[A-Za-z0-9_.-]+$/, examples: ['sources', 'linux-x86_64'] }),
  ),
  snapshots: field.optional(field.flag('Whether builds of snapshots are selected too'), false),
  follow: field.optional(
    field.choice('Element of the metadata to follow, whatever version it names', ['release', 'latest']),
  ),
} as const;

/** The typed settings of a Maven repository. */
export type RepositorySettings = Settings<typeof repositoryFields>;

/** The typed settings of an artifact. */
export type PackageSettings = Settings<typeof packageFields>;

/** What the fields alone cannot say of the two configurations. */
export function findProblems(settings: {
  readonly repository: RepositorySettings;
  readonly package: PackageSettings;
}): readonly FieldProblem[] {
  return [
    ...findCredentialProblems(settings.repository),
    ...findRepositoryProblems(settings.repository).map((problem) => ({
      in: 'repository' as const,
      ...problem,
    })),
    ...findPackageProblems(settings.package).map((problem) => ({ in: 'package' as const, ...problem })),
  ];
}

type Problem = Pick<FieldProblem, 'field' | 'message'>;

function* findRepositoryProblems({
  url,
  username,
  password,
  token,
  server,
  settings,
}: RepositorySettings): Generator<Problem> {
  if (/[?#]/.test(url))
    yield { field: 'url', message: 'the URL of a Maven repository has no query and no fragment' };
  const proof = token
    ? 'token'
    : username
      ? 'username'
      : password
        ? 'password'
        : server
          ? 'server'
          : undefined;
  if (proof && url.startsWith('file:'))
    yield { field: proof, message: 'a directory takes no credentials: leave it out' };
  if (server && (token || username || password))
    yield {
      field: 'server',
      message:
        'settings.xml has the credentials of this server: leave out "token", "username" and "password"',
    };
  if (settings && !server)
    yield { field: 'settings', message: 'say with "server" whose entry of settings.xml is meant' };
}

function* findPackageProblems({ versions, follow, prereleases }: PackageSettings): Generator<Problem> {
  if (follow !== undefined && versions !== undefined)
    yield {
      field: 'follow',
      message: 'what is followed may name any version; use either "follow" or "versions"',
    };
  if (follow !== undefined && !prereleases)
    yield {
      field: 'prereleases',
      message: 'what is followed may name any version; use either "follow" or "prereleases: false"',
    };
  const fault = versions === undefined ? undefined : findRangeFault(versions);
  if (fault !== undefined) {
    const message = `"${versions}" is no Maven version range, since ${fault}; a range is "[1.0,2.0)", "[1.5]" or "[1.0,)"`;
    yield { field: 'versions', message };
  }
}

function findRangeFault(versions: string): string | undefined {
  try {
    parseVersionRange(versions);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof InvalidRange) return thrown.message;
    throw thrown;
  }
}
