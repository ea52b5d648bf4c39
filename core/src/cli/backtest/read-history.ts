import type { Config } from '../../config/config.ts';
import type { Status } from '../../domain/status.ts';
import type { Client } from '../client.ts';
import type { History, PackageHistory, RecordedRevision, RecordedRun } from './history.ts';

const atOnce = 500;

interface Page<T> {
  readonly items: readonly T[];
  readonly next: number | null;
}

interface ListedRevision {
  readonly version: string;
  readonly digests: Readonly<Record<string, string>>;
  readonly standing: 'ok' | 'deprecated' | 'yanked';
  readonly data: Readonly<Record<string, string>>;
  readonly detectedAt: string;
}

interface ListedRun {
  readonly pipeline: string;
  readonly counter: number;
  readonly createdAt: string;
  readonly startedBy: string;
  readonly materials: readonly (
    | { readonly package: string; readonly version: string }
    | { readonly pipeline: string; readonly counter: number }
  )[];
  readonly stages: readonly {
    readonly name: string;
    readonly status: Status;
    readonly startedAt: string | null;
    readonly finishedAt: string | null;
  }[];
}

interface ListedRepository {
  readonly name: string;
  readonly packages: readonly { readonly name: string; readonly pointer: string | null }[];
}

/** Reads from a server what it has recorded of a configuration's packages, and its runs from `since` on. */
export async function readHistory(client: Client, config: Config, since: number): Promise<History> {
  const { items: repositories } = (await client.get('/repositories')) as Page<ListedRepository>;
  const known = new Map(
    repositories.flatMap(({ name, packages }) =>
      packages.map((one) => [`${name}/${one.name}`, one.pointer] as const),
    ),
  );
  const packages: PackageHistory[] = [];
  const notes: string[] = [];
  for (const repository of config.repositories.values()) {
    for (const { name } of repository.packages.values()) {
      const pointer = known.get(`${repository.name}/${name}`);
      if (pointer === undefined)
        notes.push(`the server does not watch ${repository.name}/${name}: nothing is known of it`);
      else
        packages.push({
          repository: repository.name,
          package: name,
          pointer,
          revisions: await readRevisions(client, repository.name, name),
        });
    }
  }
  const { items: pipelines } = (await client.get('/pipelines')) as Page<{ readonly name: string }>;
  const { runs, keptSince } = await readRuns(
    client,
    pipelines.map(({ name }) => name),
    since,
  );
  return { since, packages, runs, keptSince, notes };
}

async function readRevisions(
  client: Client,
  repository: string,
  name: string,
): Promise<readonly RecordedRevision[]> {
  const path = `/repositories/${encodeURIComponent(repository)}/packages/${encodeURIComponent(name)}/revisions`;
  const found: ListedRevision[] = [];
  for await (const revision of readPages<ListedRevision>(client, path)) found.push(revision);
  return found.toReversed().map(({ version, digests, standing, data, detectedAt }, rank) => ({
    facts: { version, digests, standing, data },
    rank,
    detectedAt: Date.parse(detectedAt),
  }));
}

async function* readPages<T>(client: Client, path: string): AsyncGenerator<T> {
  for (let after: number | null | undefined; after !== null; ) {
    const query = `limit=${atOnce}${after === undefined ? '' : `&after=${after}`}`;
    const page: Page<T> = (await client.get(`${path}?${query}`)) as Page<T>;
    yield* page.items;
    after = page.next;
  }
}

async function readRuns(
  client: Client,
  pipelines: readonly string[],
  since: number,
): Promise<Pick<History, 'runs' | 'keptSince'>> {
  const listed = new Map<string, ListedRun>();
  const keptSince = new Map<string, number>();
  for (const pipeline of pipelines) {
    let oldest: ListedRun | undefined;
    for await (const run of readPages<ListedRun>(client, `/pipelines/${encodeURIComponent(pipeline)}/runs`)) {
      oldest = run;
      if (Date.parse(run.createdAt) < since) break;
      listed.set(keyOf(run), run);
    }
    if (oldest && oldest.counter > 1 && Date.parse(oldest.createdAt) >= since) {
      keptSince.set(pipeline, Date.parse(oldest.createdAt));
    }
  }
  const wanted = [...listed.values()].toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
  const behind = createBehind(client, listed);
  const runs: RecordedRun[] = [];
  for (const run of wanted) runs.push(toRecorded(run, await behind(run)));
  return { runs, keptSince };
}

function keyOf({ pipeline, counter }: { readonly pipeline: string; readonly counter: number }): string {
  return `${pipeline}/${counter}`;
}

/**
 * What stands behind a run is behind those that it pinned; older ones are asked for, and may not be kept any
 * more.
 */
function createBehind(client: Client, listed: Map<string, ListedRun>) {
  const known = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const find = async (address: {
    readonly pipeline: string;
    readonly counter: number;
  }): Promise<ListedRun | undefined> => {
    const path = `/pipelines/${encodeURIComponent(address.pipeline)}/runs/${address.counter}`;
    return listed.get(keyOf(address)) ?? ((await client.find(path)) as ListedRun | undefined);
  };
  const collect = async ({ materials }: ListedRun): Promise<ReadonlyMap<string, string>> => {
    const packages = new Map<string, string>();
    for (const material of materials) {
      if ('package' in material) packages.set(material.package, material.version);
      else {
        const upstream = await find(material);
        if (upstream) for (const [name, version] of await behind(upstream)) packages.set(name, version);
      }
    }
    return packages;
  };
  const behind = (run: ListedRun): Promise<ReadonlyMap<string, string>> => {
    const found = known.get(keyOf(run)) ?? collect(run);
    known.set(keyOf(run), found);
    return found;
  };
  return behind;
}

function toRecorded(run: ListedRun, packages: ReadonlyMap<string, string>): RecordedRun {
  const { pipeline, counter, startedBy, createdAt, materials, stages } = run;
  const pinned: Record<string, string | number> = {};
  for (const one of materials) {
    if ('package' in one) pinned[one.package] = one.version;
    else pinned[one.pipeline] = one.counter;
  }
  return {
    pipeline,
    counter,
    startedBy,
    packages,
    createdAt: Date.parse(createdAt),
    pinned,
    stages: stages.map(({ name, status, startedAt, finishedAt }) => ({
      name,
      status,
      tookMs: startedAt && finishedAt ? Date.parse(finishedAt) - Date.parse(startedAt) : undefined,
    })),
  };
}
