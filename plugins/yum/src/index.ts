import { type Call, definePackagePlugin, readCredentials } from '@sluice/plugin-sdk';
import { compareVersions } from './nevra.ts';
import { RepositoryPoll } from './poll.ts';
import { compareBuildTimes } from './revision.ts';
import { findProblems, packageFields, type RepositorySettings, repositoryFields } from './settings.ts';
import { findMirrors, readSnapshot } from './snapshot.ts';
import { isFile } from './source.ts';

/**
 * The packages of an rpm repository, as yum and dnf read it; what it decides and why is in
 * docs/yum-plugin.md.
 */
export default definePackagePlugin({
  id: 'yum',
  title: 'rpm repository (yum, dnf)',
  repository: repositoryFields,
  package: packageFields,
  validate: findProblems,
  compare: compareVersions,
  order(a, b, { order }) {
    return order === 'buildTime'
      ? compareBuildTimes(a, b, compareVersions)
      : compareVersions(a.version, b.version);
  },
  open(settings, { directory }) {
    const origin = { settings, directory };
    const repository = new RepositoryPoll(origin);
    return {
      async check(call) {
        const proven = proveWith(settings, call);
        await readSnapshot(await findMirrors(settings, proven), origin, proven);
      },
      poll: (packages, call) => repository.poll(packages, proveWith(settings, call)),
    };
  },
});

/**
 * The call with the credentials that are configured; they go to the repository, or whoever lists its mirrors,
 * and nowhere else.
 */
function proveWith<C extends Call>(settings: RepositorySettings, call: C): C {
  const place = settings.url ?? settings.mirrorlist ?? settings.metalink;
  const credentials = readCredentials(settings);
  if (place === undefined || isFile(place) || !credentials) return call;
  return { ...call, http: call.http.withCredentials(place, credentials) };
}
