import { definePackagePlugin } from '@sluice/plugin-sdk';
import { checkRegistry } from './check.ts';
import { connect, fixedRegistry } from './connection.ts';
import { Lane } from './lane.ts';
import { environmentNames, MachineRegistries } from './machine-registries.ts';
import { pollRegistry } from './poll.ts';
import { findProblems, packageFields, repositoryFields } from './settings.ts';
import { compareVersions } from './version-order.ts';

/** The packages of an npm registry; what it decides and why is in docs/npm-plugin.md. */
export default definePackagePlugin({
  id: 'npm',
  title: 'npm registry',
  repository: repositoryFields,
  package: packageFields,
  environment: environmentNames,
  validate: findProblems,
  compare: compareVersions,
  open(settings, surroundings) {
    const registries =
      settings.url === undefined
        ? new MachineRegistries(surroundings)
        : fixedRegistry(settings.url, settings);
    const lane = new Lane();
    return {
      async check(call) {
        const unknown = await checkRegistry(connect(await registries.load(call), call)());
        if (unknown !== undefined) call.log.info(unknown);
      },
      async *poll(packages, call) {
        yield* pollRegistry({ connect: connect(await registries.load(call), call), lane }, packages, call);
      },
    };
  },
});
