import { get, type RunRow, type Tables } from '../tables.ts';

/** All values that stand behind a run, by walking what was pinned, again and again. */
export interface Ancestry {
  /** `revision edition` by package. */
  readonly packages: ReadonlyMap<number, ReadonlySet<string>>;
  readonly pipelines: ReadonlyMap<number, ReadonlySet<number>>;
  readonly revisions: ReadonlySet<number>;
}

export function walkBehind(tables: Tables, run: RunRow): Ancestry {
  const packages = new Map<number, Set<string>>();
  const pipelines = new Map<number, Set<number>>();
  const revisions = new Set<number>();
  const add = <T>(map: Map<number, Set<T>>, key: number, value: T) => {
    map.set(key, (map.get(key) ?? new Set<T>()).add(value));
  };
  const visit = ({ id, pipelineId, pins }: RunRow): void => {
    add(pipelines, pipelineId, id);
    for (const pin of pins) {
      if ('run' in pin) visit(get(tables.runs, pin.run.id));
      else {
        revisions.add(pin.revision.id);
        add(packages, pin.revision.packageId, `${pin.revision.id} ${pin.revision.edition}`);
      }
    }
  };
  visit(run);
  return { packages, pipelines, revisions };
}
