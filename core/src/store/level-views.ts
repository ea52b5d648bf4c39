import type { PlaceState, Road, StayState } from '../domain/level.ts';
import type { Freeze } from './freezes.ts';
import { cutPage, type Page, type PageRequest } from './page.ts';
import { splitPackage } from './publications.ts';
import type { Tx } from './store.ts';

/** That a version was, or may have been, at a level. Times in milliseconds. */
export interface StayView {
  readonly id: number;
  readonly level: string;
  /** `repository/package` */
  readonly package: string;
  readonly version: string;
  /** `algorithm:hex`, or empty. */
  readonly digest: string;
  /** What deployed it; null where somebody recorded it. */
  readonly pipeline: string | null;
  /** The run's. */
  readonly counter: number | null;
  readonly stage: string | null;
  readonly stageCounter: number | null;
  readonly road: Road | 'record';
  readonly person: string | null;
  readonly comment: string | null;
  /** The version that was live before. */
  readonly insteadOf: string | null;
  readonly state: StayState;
  readonly beganAt: number;
  readonly liveAt: number | null;
  readonly until: number | null;
}

/** What is at a level now, of one package. */
export interface Occupancy {
  readonly level: string;
  /** `repository/package` */
  readonly package: string;
  readonly state: PlaceState;
  /** What is live, or was before what is deployed or in doubt. */
  readonly live: StayView | null;
  /** What is being deployed, or may be there. */
  readonly entering: StayView | null;
}

/** What is at some levels now, of the packages that were ever deployed there. */
export async function readOccupancies(tx: Tx, levels: readonly string[]): Promise<readonly Occupancy[]> {
  if (levels.length === 0) return [];
  const places = await tx.db
    .selectFrom('place')
    .innerJoin('level', 'level.id', 'place.level_id')
    .innerJoin('package', 'package.id', 'place.package_id')
    .innerJoin('repository', 'repository.id', 'package.repository_id')
    .select(['level.name as level', 'repository.name as repository', 'package.name as package'])
    .select(['place.state', 'place.live', 'place.entering'])
    .where('level.name', 'in', levels)
    .orderBy('repository.name')
    .orderBy('package.name')
    .execute();
  const stays = await readStays(
    tx,
    places.flatMap(({ live, entering }) => [live, entering]).filter((id) => id !== null),
  );
  return places.map(({ level, repository, package: name, state, live, entering }) => ({
    level,
    package: `${repository}/${name}`,
    state,
    live: stays.get(live ?? 0) ?? null,
    entering: stays.get(entering ?? 0) ?? null,
  }));
}

/** That nothing enters a level: which, and by `repository/package` which package, or null for all. */
export interface FreezeView extends Omit<Freeze, 'packageId'> {
  readonly level: string;
  readonly package: string | null;
}

/** What freezes some levels at a moment. */
export async function listFreezes(
  tx: Tx,
  levels: readonly string[],
  now: number,
): Promise<readonly FreezeView[]> {
  if (levels.length === 0) return [];
  const rows = await tx.db
    .selectFrom('freeze')
    .innerJoin('level', 'level.id', 'freeze.level_id')
    .leftJoin('package', 'package.id', 'freeze.package_id')
    .leftJoin('repository', 'repository.id', 'package.repository_id')
    .select(['level.name as level', 'repository.name as repository', 'package.name as package'])
    .select(['freeze.person', 'freeze.comment', 'freeze.at', 'freeze.until'])
    .where('level.name', 'in', levels)
    .where(({ eb, or }) => or([eb('freeze.until', 'is', null), eb('freeze.until', '>', now)]))
    .execute();
  return rows.map(({ repository, package: name, ...freeze }) => {
    return { ...freeze, package: name === null ? null : `${repository}/${name}` };
  });
}

/** Of which level, and which package, `repository/package`. */
export interface StayQuery extends PageRequest {
  readonly level: string;
  readonly package?: string | undefined;
  /** Only those of these pipelines, by name, and what somebody recorded. */
  readonly pipelines?: readonly string[] | undefined;
}

/** What was at a level, newest first. */
export async function listStays(tx: Tx, query: StayQuery): Promise<Page<StayView>> {
  const { level, package: name, pipelines, limit, after } = query;
  const rows = await selectStays(tx)
    .where('level.name', '=', level)
    .$if(name !== undefined, (select) => {
      const { repository, package: own } = splitPackage(name ?? '');
      return select.where('repository.name', '=', repository).where('package.name', '=', own);
    })
    .$if(pipelines !== undefined, (select) =>
      select.where(({ eb, or }) =>
        or([eb('stay.pipeline', 'is', null), eb('stay.pipeline', 'in', [...(pipelines ?? []), ''])]),
      ),
    )
    .$if(after !== undefined, (select) => select.where('stay.id', '<', after ?? 0))
    .orderBy('stay.id', 'desc')
    .limit(limit + 1)
    .execute();
  const { items, next } = cutPage(rows, limit, ({ id }) => id);
  return { items: items.map(toView), next };
}

async function readStays(tx: Tx, ids: readonly number[]): Promise<ReadonlyMap<number, StayView>> {
  if (ids.length === 0) return new Map();
  const rows = await selectStays(tx).where('stay.id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, toView(row)]));
}

function selectStays(tx: Tx) {
  return tx.db
    .selectFrom('stay')
    .innerJoin('level', 'level.id', 'stay.level_id')
    .innerJoin('package', 'package.id', 'stay.package_id')
    .innerJoin('repository', 'repository.id', 'package.repository_id')
    .leftJoin('stay as before', 'before.id', 'stay.instead_of')
    .select(['stay.id', 'level.name as level', 'repository.name as repository', 'package.name as package'])
    .select(['stay.version', 'stay.digest', 'stay.pipeline', 'stay.counter', 'stay.stage'])
    .select(['stay.stage_counter as stageCounter', 'stay.road', 'stay.person', 'stay.comment'])
    .select(['before.version as insteadOf', 'stay.state', 'stay.began_at as beganAt'])
    .select(['stay.live_at as liveAt', 'stay.until']);
}

type StayRow = Awaited<ReturnType<ReturnType<typeof selectStays>['executeTakeFirstOrThrow']>>;

function toView({ repository, package: name, ...row }: StayRow): StayView {
  return { ...row, package: `${repository}/${name}` };
}
