import { listDeployers } from '../../config/deployment.ts';
import { because, type Refusal } from '../../domain/reason.ts';
import type { Actor } from '../actor.ts';
import type { Draft, DraftLevel } from '../draft/draft.ts';
import type { Asked, LevelWish, RecordWish } from '../happening.ts';
import { nothingThere } from '../occupancy/deployed.ts';
import { findFreeze } from '../occupancy/find-freeze.ts';
import { recordThere } from '../occupancy/occupy.ts';
import { ask, type Deciding } from '../question.ts';
import { mayOperate } from '../rights.ts';

/** Lets nothing enter a level any more, of one package or of all, until somebody unfreezes it, or a time. */
export function freezeLevel(
  draft: Draft,
  wish: LevelWish,
  { actor, comment = '' }: Asked,
): Refusal | undefined {
  const place = findPlace(draft, wish, actor);
  if ('code' in place) return place;
  const { level, packageId } = place;
  const freeze = { packageId, person: actor.person, comment, at: draft.now, until: wish.until ?? null };
  level.freezes = [...level.freezes.filter((one) => one.packageId !== packageId), freeze];
  draft.add({ kind: 'level frozen', levelId: level.id, freeze });
  return undefined;
}

/** Lets a level be entered again: what waited is judged again. */
export function unfreezeLevel(draft: Draft, wish: LevelWish, { actor }: Asked): Refusal | undefined {
  const place = findPlace(draft, wish, actor);
  if ('code' in place) return place;
  const { level, packageId } = place;
  const frozen = level.freezes.filter((one) => one.packageId === packageId);
  if (!findFreeze({ freezes: frozen }, packageId, draft.now))
    return because('not-frozen', { level: level.name, package: wish.package ?? null });
  level.freezes = level.freezes.filter((one) => one.packageId !== packageId);
  draft.add({ kind: 'level unfrozen', levelId: level.id, packageId });
  return undefined;
}

/** Records what is at a level without Sluice's having put it there; it starts nothing. */
export function* recordAtLevel(
  draft: Draft,
  wish: RecordWish,
  { actor, comment }: Asked,
): Deciding<Refusal | undefined> {
  const found = findPlace(draft, wish, actor);
  if ('code' in found) return found;
  const { level, packageId } = found;
  if (packageId === null) throw new Error('what is recorded is of a package');
  const { package: name, version } = wish;
  const place = level.places.get(packageId) ?? nothingThere(packageId);
  if (place.run) return because('level-in-use', { level: level.name, package: name });
  const revision = yield* ask('version', { packageId, version });
  if (!revision) return because('version-unknown', { package: name, version });
  recordThere(draft, { level, place, revisionId: revision.id }, { actor, comment: comment ?? null });
  return undefined;
}

interface PlaceAtHand {
  readonly level: DraftLevel;
  readonly packageId: number | null;
}

function findPlace(
  draft: Draft,
  { level: name, package: packageName }: LevelWish | RecordWish,
  actor: Actor,
): PlaceAtHand | Refusal {
  const { config } = draft.inForce;
  const level = draft.levels.find((one) => one.name === name);
  if (!level || !config.levels.includes(name)) return because('level-unknown', { level: name });
  const deployers = listDeployers(config, name);
  if (!deployers.every(({ pipeline }) => mayOperate(actor, pipeline.access)))
    return because('not-operator-there', { by: actor.name, level: name });
  if (packageName === undefined) return { level, packageId: null };
  const packageId = draft.situation.materialIds.packages.get(packageName);
  if (packageId === undefined || !deployers.some(({ packages }) => packages.includes(packageName)))
    return because('not-deployed-there', { level: name, package: packageName });
  return { level, packageId };
}
