import type { Config } from '../../../../src/config/config.ts';
import type { SomeReason } from '../../../../src/domain/reasons/kind.ts';
import type { Happening } from '../../../../src/engine/happening.ts';
import type { NewDecision } from '../../../../src/store/decisions.ts';
import type { RunRow, StageRow, Tables, TriggerRow } from '../tables.ts';

/** What is there after something has happened. */
export interface Moment {
  readonly tables: Tables;
  /** In force. */
  readonly config: Config;
  /** Whether it was decided by that. */
  readonly isInForce: boolean;
  readonly now: number;
  readonly happening: Happening;
  /** Why somebody's wish was not fulfilled. */
  readonly refusal: SomeReason | undefined;
}

/** What is otherwise than at the moment before. */
export interface Difference {
  readonly runs: readonly RunRow[];
  readonly triggers: readonly TriggerRow[];
  readonly decisions: readonly NewDecision[];
  readonly words: Tables['words'];
  /** The stages that were in another status, or were not there. */
  readonly stages: readonly StageRow[];
  /** The triggers that were in another state, or were not there. */
  readonly settled: readonly TriggerRow[];
  /** The runs that held the locks of pipelines, by pipeline. */
  readonly lockedBefore: ReadonlyMap<number, number | null>;
}

/** What is remembered of the moments before. */
export interface Memory {
  /** The stages that have ever waited for approval, by id. */
  readonly asked: Set<number>;
  /** Before when a stage may not begin, by id. */
  readonly notBefore: Map<number, number>;
  /** The sets that have started runs by themselves, by pipeline. */
  readonly sets: Map<string, Set<string>>;
  /** What stages put where that began under the configuration in force, by id. */
  readonly entered: Map<number, Put | undefined>;
}

/** Where a stage stands, and what it puts there: revisions by package. */
export interface Put {
  readonly level: string;
  readonly revisions: ReadonlyMap<number, number>;
}

/** The pipeline of an id, as the configuration in force has it. */
export function definitionOf({ config, tables }: Pick<Moment, 'config' | 'tables'>, pipelineId: number) {
  const row = tables.pipelines.find(({ id }) => id === pipelineId);
  return row?.active ? config.pipelines.get(row.name) : undefined;
}

/** `p/3/build`, for the faults. */
export function nameStage({ tables }: Pick<Moment, 'tables'>, { runId, pipelineId, name }: StageRow): string {
  const pipeline = tables.pipelines.find(({ id }) => id === pipelineId)?.name;
  return `${pipeline}/${tables.runs.find(({ id }) => id === runId)?.counter}/${name}`;
}

/** `p/3`, for the faults. */
export function nameRun({ tables }: Pick<Moment, 'tables'>, { pipelineId, counter }: RunRow): string {
  return `${tables.pipelines.find(({ id }) => id === pipelineId)?.name}/${counter}`;
}
