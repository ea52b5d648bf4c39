import { type FieldProblem, field, findCredentialProblems, type Settings } from '@sluice/plugin-sdk';
import { parseSpec } from './spec.ts';

/** The settings of an rpm repository. */
export const repositoryFields = {
  url: field.optional(field.url('URL of the directory that holds repodata/')),
  mirrorlist: field.optional(field.url('URL of a list of mirrors')),
  metalink: field.optional(field.url('URL of a metalink of repomd.xml')),
  username: field.optional(field.text('User name')),
  password: field.optional(field.secret('Password')),
  gpgKey: field.optional(
    field.text('Public key that must have signed repomd.xml: a file or a URL', {
      examples: ['/etc/pki/rpm-gpg/RPM-GPG-KEY-acme'],
    }),
  ),
} as const;

/** The settings of a package in an rpm repository. */
export const packageFields = {
  spec: field.text('Package, as dnf takes it: a name, or a NEVRA or part of one, with globs', {
    pattern: /^[^\s(/=<>]+$/,
    examples: ['httpd', 'kernel-5.14*', 'glibc.x86_64'],
  }),
  order: field.optional(
    field.choice('What the newest is: the highest version, or the last built', ['version', 'buildTime']),
    'version',
  ),
} as const;

/** The typed settings of an rpm repository. */
export type RepositorySettings = Settings<typeof repositoryFields>;

/** The typed settings of a package. */
export type PackageSettings = Settings<typeof packageFields>;

const places = ['url', 'mirrorlist', 'metalink'] as const;

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

function* findRepositoryProblems(settings: RepositorySettings): Generator<Problem> {
  const { username } = settings;
  const given = places.filter((place) => settings[place] !== undefined);
  if (given.length !== 1) {
    const message = `say where the repository is, with "url" or "mirrorlist" or "metalink"${given.length > 1 ? ', and not with several' : ''}`;
    yield { field: given[1] ?? 'url', message };
  }
  for (const place of given)
    if (/^[^?#]*\$/.test(settings[place] ?? '')) {
      yield {
        field: place,
        message: 'write out what $releasever, $basearch and the like stand for: they are not known here',
      };
    }
  if (/[?#]/.test(settings.url ?? '')) yield { field: 'url', message: 'the URL of a directory has no query' };
  if (username && settings.url?.startsWith('file:'))
    yield { field: 'username', message: 'files need no user name: remove it' };
}

function* findPackageProblems({ spec }: PackageSettings): Generator<Problem> {
  if (parseSpec(spec).forms.length === 0)
    yield {
      field: 'spec',
      message: `"${spec}" is no package: write name, name.arch, name-version, name-version-release.arch or a glob`,
    };
}
