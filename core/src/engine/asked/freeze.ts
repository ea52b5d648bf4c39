import { listDeployments } from '../../config/deployment.ts';
import { because, type Refusal } from '../../domain/reason.ts';
import type { Actor } from '../actor.ts';
import type { Draft, DraftLevel } from '../draft/draft.ts';
import type { Asked, LevelWish } from '../happening.ts';
import { findFreeze } from '../occupancy/find-freeze.ts';
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

interface FreezablePlace {
  readonly level: DraftLevel;
  readonly packageId: number | null;
}

function findPlace(
  draft: Draft,
  { level: name, package: packageName }: LevelWish,
  actor: Actor,
): FreezablePlace | Refusal {
  const { config } = draft.inForce;
  const level = draft.levels.find((one) => one.name === name);
  if (!level || !config.levels.includes(name)) return because('level-unknown', { level: name });
  const standing = [...config.pipelines.values()].filter((pipeline) =>
    listDeployments(config, pipeline.name).some((one) => one.level === name),
  );
  if (!standing.every(({ access }) => mayOperate(actor, access)))
    return because('not-operator-there', { by: actor.name, level: name });
  if (packageName === undefined) return { level, packageId: null };
  const deployed = standing.flatMap((pipeline) =>
    listDeployments(config, pipeline.name).flatMap((one) => (one.level === name ? one.packages : [])),
  );
  const packageId = draft.situation.materialIds.packages.get(packageName);
  if (packageId === undefined || !deployed.includes(packageName))
    return because('not-deployed-there', { level: name, package: packageName });
  return { level, packageId };
}
