import type { Config } from '../config/config.ts';
import { listDeployers } from '../config/deployment.ts';
import type { Actor } from '../engine/actor.ts';
import {
  type FreezeView,
  listFreezes,
  type Occupancy,
  readOccupancies,
  type StayView,
} from '../store/level-views.ts';
import type { Tx } from '../store/store.ts';
import { mayViewAll, mayViewPipeline } from './access/visible.ts';
import { toIso } from './paging.ts';

/**
 * The levels that somebody may see, in the order of the configuration: those at which a pipeline stands that
 * they may see, or all, for whoever sees all pipelines.
 */
export function listVisibleLevels(actor: Actor, config: Config): readonly string[] {
  if (mayViewAll(actor, config)) return config.levels;
  return config.levels.filter((level) => listVisibleAt(actor, config, level).length > 0);
}

/** What is at some levels, as somebody may see it; a package that was never there is `empty`. */
export async function readVisibleLevels(
  tx: Tx,
  levels: readonly string[],
  { config, actor, now }: { readonly config: Config; readonly actor: Actor; readonly now: number },
) {
  const occupancies = await readOccupancies(tx, levels);
  const freezes = await listFreezes(tx, levels, now);
  return levels.map((name) => {
    const there = occupancies.filter(({ level }) => level === name);
    const known = new Set(there.map((one) => one.package));
    const empty = listVisibleAt(actor, config, name).filter((one) => !known.has(one));
    const shown = there.filter((one) => isVisible(actor, config, one)).map(viewOccupancy);
    const nothing = { state: 'empty' as const, live: null, entering: null };
    const places = [...shown, ...empty.map((one) => ({ package: one, ...nothing }))]
      .toSorted((a, b) => (a.package < b.package ? -1 : 1))
      .map((place) => ({ ...place, frozen: viewFreeze(freezes, name, place.package) }));
    return { name, frozen: viewFreeze(freezes, name, null), places };
  });
}

/** What freezes a level, for one package or for all. */
function viewFreeze(freezes: readonly FreezeView[], level: string, packageName: string | null) {
  const found = freezes.find((freeze) => freeze.level === level && freeze.package === packageName);
  if (!found) return null;
  const { person: by, comment: reason, at, until } = found;
  return { by, at: toIso(at), reason, until: toIso(until) };
}

/** A stay as the API answers it. */
export function viewStay({ id: _, ...stay }: StayView) {
  const { beganAt, liveAt, until } = stay;
  return { ...stay, beganAt: toIso(beganAt), liveAt: toIso(liveAt), until: toIso(until) };
}

/** The packages that pipelines which somebody may see deploy at a level. */
function listVisibleAt(actor: Actor, config: Config, level: string): readonly string[] {
  const deployers = listDeployers(config, level);
  const visible = deployers.filter(({ pipeline }) => mayViewPipeline(actor, config, pipeline.name));
  return [...new Set(visible.flatMap(({ packages }) => packages))];
}

/** What was brought by a pipeline that somebody may not see is not shown in part. */
function isVisible(actor: Actor, config: Config, { live, entering }: Occupancy): boolean {
  return [live, entering].every((stay) => !stay?.pipeline || mayViewPipeline(actor, config, stay.pipeline));
}

function viewOccupancy({ package: name, state, live, entering }: Occupancy) {
  return { package: name, state, live: live && viewStay(live), entering: entering && viewStay(entering) };
}
