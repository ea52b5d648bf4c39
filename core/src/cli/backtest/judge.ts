import { listBehind } from '../../config/behind.ts';
import type { Config } from '../../config/config.ts';
import { listRuns } from '../../store/run-views.ts';
import { describePackages, type History, nameRun } from './history.ts';
import { readPackagesOf } from './read-packages-of.ts';
import type { Scene } from './scene.ts';

/** A run that only one of the two has: the server as it was, or the changed configuration. */
export interface Difference {
  readonly sign: '+' | '-';
  readonly pipeline: string;
  /** Every version behind it, for people. */
  readonly packages: string;
  /** Milliseconds. */
  readonly at: number;
}

interface Started {
  readonly pipeline: string;
  readonly packages: ReadonlyMap<string, string>;
  readonly at: number;
}

/**
 * Holds the runs of a replay against those that were recorded; both only as far as a publication within the
 * time caused them.
 */
export async function judge(
  history: History,
  scene: Scene,
  unjudged: ReadonlySet<string>,
): Promise<readonly Difference[]> {
  const isNew = createIsNew(history);
  const counts = ({ pipeline, packages, at }: Started) =>
    !unjudged.has(pipeline) && isNew(packages) && at >= (history.keptSince.get(pipeline) ?? 0);
  const recorded = history.runs
    .filter(({ startedBy }) => isAutomatic(startedBy))
    .map(({ pipeline, packages, createdAt }) => ({ pipeline, packages, at: createdAt }));
  const replayed = await listReplayed(scene);
  return subtract(replayed.filter(counts), recorded.filter(counts));
}

/** The pipelines that a followed pointer stands behind, whose moves the ledger does not keep. */
export function findUnjudged({ packages }: History, config: Config): ReadonlySet<string> {
  const followers = packages
    .filter(({ pointer }) => pointer !== null)
    .map((one) => `${one.repository}/${one.package}`);
  const names = [...config.pipelines.keys()];
  return new Set(
    names.filter((name) => followers.some((follower) => listBehind(config, name).packages.has(follower))),
  );
}

function isAutomatic(startedBy: string): boolean {
  return startedBy === 'latest' || startedBy === 'every';
}

function createIsNew({ packages, since }: History): (versions: ReadonlyMap<string, string>) => boolean {
  const fresh = new Set(
    packages.flatMap(({ repository, package: name, revisions }) =>
      revisions.flatMap(({ facts, detectedAt }) =>
        detectedAt > since ? `${repository}/${name} ${facts.version}` : [],
      ),
    ),
  );
  const known = new Set(packages.map(({ repository, package: name }) => `${repository}/${name}`));
  // Of a package that the changed configuration has no more nothing was asked: what it was behind is gone.
  return (versions) =>
    [...versions].some(([name, version]) => fresh.has(`${name} ${version}`) || !known.has(name));
}

async function listReplayed({ store, config }: Scene): Promise<readonly Started[]> {
  const found: Started[] = [];
  for (const pipeline of config.pipelines.keys()) {
    for (let after: number | undefined, isLast = false; !isLast; ) {
      const request = { limit: 500, after };
      const page = await store.read((tx) => listRuns(tx, pipeline, request));
      for (const { counter, createdAt: at } of page.items.filter((run) => isAutomatic(run.startedBy))) {
        found.push({
          pipeline,
          at,
          packages: await store.read((tx) => readPackagesOf(tx, { pipeline, counter })),
        });
      }
      after = page.next ?? undefined;
      isLast = page.next === null;
    }
  }
  return found;
}

/** As often as one has a run more than the other; oldest first. */
function subtract(replayed: readonly Started[], recorded: readonly Started[]): readonly Difference[] {
  const surplus = (of: readonly Started[], other: readonly Started[], sign: Difference['sign']) => {
    const left = Map.groupBy(other, ({ pipeline, packages }) => nameRun(pipeline, packages));
    return of.flatMap(({ pipeline, packages, at }) =>
      left.get(nameRun(pipeline, packages))?.pop()
        ? []
        : { sign, pipeline, packages: describePackages(packages), at },
    );
  };
  return [...surplus(replayed, recorded, '+'), ...surplus(recorded, replayed, '-')].toSorted(
    (a, b) => a.at - b.at,
  );
}
