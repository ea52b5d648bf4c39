import type { Config } from './config.ts';
import { listPackageMaterials } from './materials.ts';

/**
 * What to say of repositories that no pipeline listens to, a sentence each, in the order of the
 * configuration: they are polled on request only. Of `poll: { manual: true }` that is no news.
 */
export function describeNotListenedTo({
  repositories,
  pipelines,
}: Pick<Config, 'repositories' | 'pipelines'>): readonly string[] {
  const heard = new Set(
    [...pipelines.values()].flatMap(listPackageMaterials).map(({ repository }) => repository),
  );
  const silent = [...repositories.values()].filter(
    ({ name, poll }) => !heard.has(name) && !('manual' in poll),
  );
  return silent.map(
    ({ name }) =>
      `no pipeline listens to the repository "${name}", so it is polled on request only: name a package of it under a pipeline's materials`,
  );
}
