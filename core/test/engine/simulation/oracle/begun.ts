import type { ApprovalConfig } from '../../../../src/config/config.ts';
import { get, type RunRow, type StageRow, type Tables } from '../tables.ts';
import { walkBehind } from './behind.ts';
import { type Difference, definitionOf, type Memory, type Moment, nameStage } from './moment.ts';
import { couldApprove } from './rights.ts';

/** No stage begins but by the configuration in force, at that moment (rules 3, 5, 6 and 12). */
export function checkBegun(
  moment: Moment,
  difference: Difference,
  { asked, notBefore }: Memory,
): readonly string[] {
  return difference.stages
    .filter(({ status }) => status === 'running')
    .flatMap((stage) => {
      const run = get(moment.tables.runs, stage.runId);
      const definition = definitionOf(moment, stage.pipelineId);
      const approval = definition?.stages.find(({ name }) => name === stage.name)?.approval;
      if (!definition || !approval) return 'the configuration has it not any more';
      const faults = [
        moment.tables.hold && 'all starts are held',
        get(moment.tables.pipelines, stage.pipelineId).pausedAt !== null &&
          (approval.type === 'auto' || !asked.has(stage.id)) &&
          'its pipeline is paused',
        !run.overridden && isAlarming(moment.tables, run) && 'something behind it is not as it was',
        !isApproved(moment, stage, run, approval) && 'not enough people who could have approved it',
        moment.now < (notBefore.get(stage.id) ?? 0) && 'it still rests',
        approval.window && moment.now % 600_000 >= approval.window.forMs && 'its window is closed',
        !followsWell(moment.tables, stage, approval) && 'the stage before it has not passed',
        definition.lock !== 'none' && describeLock(moment, stage, difference),
      ];
      return faults
        .filter((fault) => typeof fault === 'string')
        .map((fault) => `${nameStage(moment, stage)} began, and ${fault}`);
    });
}

function isAlarming(tables: Tables, run: RunRow): boolean {
  return [...walkBehind(tables, run).revisions].some((id) => {
    const { state, unacknowledged } = get(tables.revisions, id);
    return state !== 'published' || unacknowledged;
  });
}

function isApproved(moment: Moment, stage: StageRow, run: RunRow, approval: ApprovalConfig): boolean {
  if (approval.type === 'auto') return true;
  const { config, now } = moment;
  const lists = definitionOf(moment, stage.pipelineId)?.access;
  if (!lists) return false;
  const words = moment.tables.words.filter((word) => word.stageId === stage.id);
  const people = new Set(words.filter(({ verdict }) => verdict === 'approved').map(({ person }) => person));
  const counting = [...people].filter((person) =>
    couldApprove(person, run.person, approval, { lists, config, now }),
  );
  return counting.length >= approval.required;
}

function followsWell({ stages }: Tables, stage: StageRow, approval: ApprovalConfig): boolean {
  if (stage.position === 0) return true;
  const before = stages.find(
    (one) => one.latest && one.runId === stage.runId && one.position === stage.position - 1,
  );
  if (before?.status === 'passed') return true;
  const mayFail = approval.type === 'manual' && approval.evenAfterFailure;
  return mayFail && (before?.status === 'failed' || before?.status === 'cancelled');
}

/** One run has the lock; another gets it when that has ended, and where it failed only as `lock:` says. */
function describeLock(
  { tables, config, happening }: Moment,
  { pipelineId, runId }: StageRow,
  { lockedBefore }: Difference,
): string | undefined {
  const { lockedBy, name } = get(tables.pipelines, pipelineId);
  if (lockedBy !== runId) return 'it does not hold the lock';
  const before = lockedBefore.get(pipelineId) ?? null;
  if (before === null || before === runId) return undefined;
  if (happening.kind === 'asked' && happening.wish.what === 'unlock') return undefined;
  const { status } = get(tables.runs, before);
  const keeps = config.pipelines.get(name)?.lock === 'onFailure' && status === 'failed';
  const isOver = status === 'passed' || status === 'failed' || status === 'cancelled';
  return isOver && !keeps ? undefined : 'another run held the lock';
}
