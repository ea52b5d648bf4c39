import { type FieldProblem, field, findCredentialProblems, type Settings } from '@sluice/plugin-sdk';
import semver from 'semver';

/** The range that selects everything, and stands where none is given. */
export const anyVersion = '*';

/** The settings of an npm repository. */
export const repositoryFields = {
  url: field.optional(field.url("Registry URL; without it, the registry of the machine's npm configuration")),
  token: field.optional(field.secret('Access token')),
  username: field.optional(field.text('User name')),
  password: field.optional(field.secret('Password')),
} as const;

/** The settings of a package in an npm repository. */
export const packageFields = {
  name: field.text('Package name', {
    pattern: /^(@[A-Za-z0-9~!*'()_-][A-Za-z0-9~!*'()_.-]*\/)?[A-Za-z0-9~!*'()_-][A-Za-z0-9~!*'()_.-]*$/,
    examples: ['fastify', '@fastify/cors'],
  }),
  versions: field.optional(field.text('semver range', { examples: ['^5', '>=1.2 <3'] }), anyVersion),
  tag: field.optional(field.text('Dist-tag to follow', { examples: ['latest'] })),
  prereleases: field.optional(
    field.flag('Whether prereleases are selected that the range does not name itself'),
    false,
  ),
} as const;

/** The typed settings of an npm repository. */
export type RepositorySettings = Settings<typeof repositoryFields>;

/** The typed settings of a package. */
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

function* findRepositoryProblems({ url, token, username, password }: RepositorySettings): Generator<Problem> {
  if (url !== undefined && !/^https?:[^?#]*$/.test(url))
    yield { field: 'url', message: 'an npm registry has an http or https URL, without a query' };
  if (url === undefined) {
    const field = token ? 'token' : username ? 'username' : password ? 'password' : undefined;
    if (field) {
      const message = `say with "url" which registry this is for, or leave it to the machine's npm configuration and remove "${field}"`;
      yield { field, message };
    }
  }
}

function* findPackageProblems({ versions, tag }: PackageSettings): Generator<Problem> {
  if (semver.validRange(versions) === null) {
    yield {
      field: 'versions',
      message: `"${versions}" is no semver range; a range is "^5" or ">=1.2 <3", and a dist-tag is followed with "tag"`,
    };
  }
  if (tag === undefined) return;
  if (versions !== anyVersion)
    yield {
      field: 'tag',
      message: 'a tag is followed whatever version it names; use either "tag" or "versions"',
    };
  if (semver.validRange(tag) !== null)
    yield { field: 'tag', message: `"${tag}" is a version or range; select it with "versions"` };
}
