import type { Path } from '../problem.ts';
import { setAt, valueAt } from '../value-at.ts';
import type { Versions } from './fill-in-typed.ts';
import type { FilledPlace } from './interpolate.ts';

/** Places of texts that everybody is shown: where the server listens, its address, its time zone. */
const publicPlaces: ReadonlySet<string> = new Set(['server/host', 'server/url', 'timezone']);

/**
 * Keeps filled in for good what stands at public places, so that it is not resolved, and hidden, later;
 * answers the values that are to be hidden: those of all other places but `typed`, where numbers, switches
 * and choices stand. What stands at both kinds is hidden.
 */
export function keepPublic(
  { kept, resolved }: Versions,
  places: readonly FilledPlace[],
  typed: readonly Path[],
): readonly string[] {
  const shown = new Set(typed.map((path) => path.join('/')));
  return places.flatMap(({ path, secrets }) => {
    const name = path.join('/');
    const value = String(valueAt(resolved, path));
    if (shown.has(name)) return [];
    if (!publicPlaces.has(name) || value.includes('@')) return secrets;
    // Nothing in it is a reference any more.
    setAt(
      kept,
      path,
      value.replaceAll('${', () => '$${'),
    );
    return [];
  });
}
