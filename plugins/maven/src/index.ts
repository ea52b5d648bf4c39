import { definePackagePlugin } from '@sluice/plugin-sdk';
import { compareVersions } from './comparable-version.ts';
import { connect, environmentNames } from './connection.ts';
import { describeRevisions } from './describe.ts';
import { pollRepository } from './poll.ts';
import { findProblems, packageFields, repositoryFields } from './settings.ts';
import { compareRevisions } from './snapshot.ts';

/**
 * The artifacts of a repository in the Maven 2 layout; what it decides and why is in docs/maven-plugin.md.
 */
export default definePackagePlugin({
  id: 'maven',
  title: 'Maven repository',
  repository: repositoryFields,
  package: packageFields,
  environment: environmentNames,
  validate: findProblems,
  compare: compareVersions,
  order: (a, b) => compareRevisions(a.version, b.version),
  open(settings, surroundings) {
    return {
      async check(call) {
        const unknown = await (await connect(settings, surroundings, call)).check();
        if (unknown !== undefined) call.log.info(unknown);
      },
      async *poll(packages, call) {
        yield* pollRepository(await connect(settings, surroundings, call), packages, call);
      },
      async describe(config, revisions, call) {
        return describeRevisions(await connect(settings, surroundings, call), config, revisions, call.signal);
      },
    };
  },
});
