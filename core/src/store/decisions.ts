import type { DecisionTable } from './schema.ts';
import type { Tx } from './store.ts';

/** What was decided. */
export type DecisionOutcome = DecisionTable['outcome'];

/** Why a revision or a request did or did not start a run, to be recorded. */
export interface NewDecision {
  readonly at: number;
  readonly pipelineId: number;
  /** The package that it is about, where it is about one. */
  readonly packageId: number | null;
  readonly version: string | null;
  readonly outcome: DecisionOutcome;
  /** In words, for people. */
  readonly reason: string;
  /** Versions by material, `npmjs/fastify` to `5.2.1`: those of the run, or the one that it is about. */
  readonly materials: Readonly<Record<string, string>>;
  readonly runId: number | null;
}

/** A decision as the API shows it. */
export interface DecisionView {
  readonly at: number;
  readonly pipeline: string;
  readonly outcome: DecisionOutcome;
  readonly reason: string;
  readonly materials: Readonly<Record<string, string>>;
  /** The run's counter. */
  readonly run: number | null;
}

const rowsAtOnce = 500;

/** Records decisions. */
export async function appendDecisions(tx: Tx, decisions: readonly NewDecision[]): Promise<void> {
  for (let from = 0; from < decisions.length; from += rowsAtOnce) {
    const rows = decisions.slice(from, from + rowsAtOnce).map((decision) => ({
      at: decision.at,
      pipeline_id: decision.pipelineId,
      package_id: decision.packageId,
      version: decision.version,
      outcome: decision.outcome,
      reason: decision.reason,
      materials: JSON.stringify(decision.materials),
      run_id: decision.runId,
    }));
    await tx.db.insertInto('decision').values(rows).execute();
  }
}
