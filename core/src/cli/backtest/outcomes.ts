import { type History, nameRun, type RecordedStage } from './history.ts';

/** How a stage ends in a replay, and how long it takes. */
export interface StageEnd {
  readonly status: 'passed' | 'failed' | 'cancelled';
  readonly tookMs: number;
}

/** Tells how a stage of a run, by {@link nameRun}, ends. */
export type EndOf = (run: string, stage: { readonly pipeline: string; readonly name: string }) => StageEnd;

/**
 * Stages end as they did for the same versions; those that never ran pass, in the median time of their stage.
 * Where the recorded run did not come so far, nor does this one.
 */
export function createOutcomes({ runs }: Pick<History, 'runs'>): EndOf {
  const recorded = new Map(runs.map((run) => [nameRun(run.pipeline, run.packages), run.stages]));
  const times = Map.groupBy(
    runs.flatMap(({ pipeline, stages }) =>
      stages.flatMap(({ name, tookMs }) =>
        tookMs === undefined ? [] : { key: `${pipeline} ${name}`, tookMs },
      ),
    ),
    ({ key }) => key,
  );
  const medianOf = (key: string) => {
    const sorted = (times.get(key) ?? []).map(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  };
  return (run, { pipeline, name }) => {
    const stage = recorded.get(run)?.findLast((one) => one.name === name);
    const median = medianOf(`${pipeline} ${name}`);
    return stage ? { status: toEnd(stage), tookMs: stage.tookMs ?? 0 } : { status: 'passed', tookMs: median };
  };
}

function toEnd({ status }: RecordedStage): StageEnd['status'] {
  return status === 'passed' || status === 'failed' ? status : 'cancelled';
}
