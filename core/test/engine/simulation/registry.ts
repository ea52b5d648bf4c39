import type { Config } from '../../../src/config/config.ts';
import type { Candidate, PackageNews } from '../../../src/engine/starts/publications.ts';
import type { Dice } from './dice.ts';
import type { PackageRow, RevisionRow, Tables } from './tables.ts';

/** What one answer changes of one package. */
interface Answer {
  readonly fresh: readonly RevisionRow[];
  readonly changed: PackageNews['changed'];
  readonly isTouched: boolean;
  readonly moved: boolean;
}

/**
 * Records what a random poll of a package brings, and tells it as polling does: several versions at once,
 * backports, other bytes, withdrawals, returns, other standings, moves of a pointer.
 */
export function poll(
  { tables, config, now }: { readonly tables: Tables; readonly config: Config; readonly now: number },
  row: PackageRow,
  { dice, follows }: { readonly dice: Dice; readonly follows: boolean },
): PackageNews {
  const fresh = publish(tables, row, dice);
  const known = tables.revisions.filter((one) => one.packageId === row.id && !fresh.includes(one));
  const changed = known.flatMap((one) => change(one, dice) ?? []);
  const amended = dice.some(known, 5);
  for (const one of amended) one.standing = dice.pick(['ok', 'deprecated', 'yanked'] as const) ?? 'ok';
  const before = row.pointer;
  if (follows) movePointer(tables, row, dice);
  const moved = before !== row.pointer;
  const isTouched = fresh.length + changed.length + amended.length > 0 || moved;
  const answer = { fresh, changed, isTouched, moved: moved && before !== null };
  return tell(tables, row, answer, { config, now });
}

/** The same answer again, which brings nothing. */
export function pollAgain(
  { tables, config, now }: { readonly tables: Tables; readonly config: Config; readonly now: number },
  row: PackageRow,
): PackageNews {
  const nothing = { fresh: [], changed: [], isTouched: false, moved: false };
  return tell(tables, row, nothing, { config, now });
}

function publish(tables: Tables, row: PackageRow, dice: Dice): readonly RevisionRow[] {
  const count = dice.weigh({ '0': 3, '1': 6, '2': 2, '3': 1 });
  return Array.from({ length: Number(count) }, () => {
    const known = tables.revisions
      .filter(({ packageId }) => packageId === row.id)
      .toSorted((a, b) => a.rank - b.rank);
    const version = `${known.length + 1}.0.0`;
    const place = dice.chance(25) ? dice.roll(known.length + 1) : known.length;
    const standing = dice.chance(6) ? 'deprecated' : 'ok';
    const facts = { version, standing, state: 'published', digest: `sha256:${version}-0` } as const;
    const rest = { rank: place, edition: 0, unacknowledged: false };
    const one = { id: tables.nextId++, packageId: row.id, ...facts, ...rest };
    tables.revisions.push(one);
    for (const [rank, each] of known.toSpliced(place, 0, one).entries()) each.rank = rank;
    return one;
  }).toSorted((a, b) => a.rank - b.rank);
}

function change(row: RevisionRow, dice: Dice): PackageNews['changed'][number] | undefined {
  const { version } = row;
  if (dice.chance(3)) {
    const edition = row.edition + 1;
    const bytes = { edition, digest: `sha256:${version}-${edition}`, unacknowledged: true };
    Object.assign(row, { ...bytes, state: 'republished' });
    return { kind: 'republished', version };
  }
  if (row.state !== 'withdrawn' && dice.chance(3)) {
    row.state = 'withdrawn';
    return { kind: 'withdrawn', version };
  }
  if (row.state === 'withdrawn' && dice.chance(25)) {
    row.state = row.unacknowledged ? 'republished' : 'published';
    return { kind: 'returned', version };
  }
  return undefined;
}

function movePointer(tables: Tables, row: PackageRow, dice: Dice): void {
  const known = tables.revisions.filter(({ packageId }) => packageId === row.id);
  const named = row.pointer === null || dice.chance(40) ? dice.pick(known)?.version : row.pointer;
  if (named === undefined || named === row.pointer) return;
  row.pointer = named;
  row.moves += 1;
}

function tell(
  tables: Tables,
  row: PackageRow,
  { fresh, changed, isTouched, moved }: Answer,
  { config, now }: { readonly config: Config; readonly now: number },
): PackageNews {
  const [, name = ''] = row.name.split('/');
  const settings = config.repositories.get('npmjs')?.packages.get(name);
  if (!settings) throw new Error(`there is no package ${row.name}`);
  const known = tables.revisions
    .filter(({ packageId }) => packageId === row.id)
    .toSorted((a, b) => a.rank - b.rank);
  const startable = known.filter(
    ({ state, standing }) =>
      state === 'published' && (standing === 'ok' || settings.accept.includes(standing)),
  );
  const newest = row.pointer === null ? startable.at(-1) : known.find((one) => one.version === row.pointer);
  return {
    packageId: row.id,
    material: row.name,
    config: settings,
    now,
    isTouched,
    conclusive: true,
    fresh: fresh.map(toCandidate),
    newest: newest && toCandidate(newest),
    selected: known.length,
    move: row.moves,
    moved,
    changed,
  };
}

function toCandidate({ id, version, digest, rank, state, standing }: RevisionRow): Candidate {
  return { revisionId: id, version, digest, rank, state, standing };
}
