import { stringify } from 'yaml';
import type { PluginSettings } from './config.ts';

/** What somebody wants to watch first: one package of one repository. */
export interface FirstConfig {
  readonly plugin: string;
  readonly repository: Named;
  readonly package: Named;
}

interface Named {
  readonly name: string;
  readonly config: PluginSettings;
}

/** A sluice.yaml that watches one package and says what is published, to begin with. */
export function writeFirstConfig({ plugin, repository, package: watched }: FirstConfig): string {
  const material = `${repository.name}/${watched.name}`;
  const as = watched.name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
  const document = {
    repositories: {
      [repository.name]: {
        plugin,
        ...(Object.keys(repository.config).length > 0 && { config: repository.config }),
        poll: { every: '5m' },
        packages: { [watched.name]: { config: watched.config } },
      },
    },
    pipelines: {
      [`${watched.name}-published`]: {
        label: `\${COUNT}-\${${as}}`,
        materials: [{ package: material, trigger: 'latest', as }],
        stages: [
          {
            name: 'tell',
            jobs: { tell: { run: `echo "${material} $GO_PACKAGE_${as}_LABEL was published"` } },
          },
        ],
      },
    },
  };
  return stringify(document, { lineWidth: 0 });
}
