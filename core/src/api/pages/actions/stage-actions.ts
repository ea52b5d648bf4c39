import type { PipelineConfig } from '../../../config/config.ts';
import type { Actor } from '../../../pipelines/actor.ts';
import { mayApprove, mayOperate } from '../../../pipelines/rights.ts';
import type { RunView, StageView } from '../../../store/run-views.ts';

/** A stage of a run, and who looks at it. */
export interface StageSeen {
  readonly run: RunView;
  readonly stage: StageView;
  /** Undefined where the configuration does not have it any more. */
  readonly config: PipelineConfig | undefined;
  readonly actor: Actor;
}

/** What a page offers to do to a stage. */
export interface StageOffer {
  /** The last step of its page's address. */
  readonly name: string;
  readonly title: string;
  /** The action of the API, and what it is told beside the comment. */
  readonly action: 'approve' | 'reject' | 'rerun' | 'cancel';
  readonly body: Readonly<Record<string, unknown>>;
  readonly needs: 'view' | 'operate';
  readonly isCommentRequired: boolean;
  /** What it will do, in a sentence. */
  says(seen: StageSeen): string;
  /** What has been done, in a sentence. */
  readonly done: string;
  /** Whether the rights of who looks allow it. */
  isAllowed(seen: StageSeen): boolean;
  /** Whether the stage is at a point where it can be done. */
  isPossible(seen: StageSeen): boolean;
}

/** Whether somebody may approve and reject a stage of a pipeline; nobody may of one that is not configured any more. */
export function mayJudge(actor: Actor, config: PipelineConfig | undefined, stage: string): boolean {
  const approval = config?.stages.find(({ name }) => name === stage)?.approval;
  return config !== undefined && mayApprove(actor, config.access, approval?.type === 'manual' ? approval.by : []);
}

const mayJudgeSeen = ({ stage, config, actor }: StageSeen): boolean => mayJudge(actor, config, stage.name);
const mayChange = ({ config, actor }: StageSeen): boolean => config !== undefined && mayOperate(actor, config.access);
const isWaiting = ({ stage }: StageSeen): boolean => stage.status === 'waiting' && stage.approval === 'manual';
const isNewest = ({ run, stage }: StageSeen): boolean => run.stages.findLast(({ name }) => name === stage.name) === stage;

/** Everything that can be done to a stage, in the order in which it is offered. */
export const stageOffers: readonly StageOffer[] = [
  {
    ...{ name: 'approve', title: 'Approve', action: 'approve', body: {}, needs: 'view', isCommentRequired: false },
    says: ({ run, stage }) =>
      `Your approval counts for letting ${run.label} of ${run.pipeline} into ${stage.name}. Once enough persons have approved, the stage runs: ${listVersions(run)}.`,
    done: 'Your approval is recorded.',
    isAllowed: mayJudgeSeen,
    isPossible: isWaiting,
  },
  {
    ...{ name: 'reject', title: 'Reject', action: 'reject', body: {}, needs: 'view', isCommentRequired: true },
    says: ({ run, stage }) =>
      `${run.label} of ${run.pipeline} will not enter ${stage.name}: the run ends there, and everybody sees why.`,
    done: 'The run is rejected.',
    isAllowed: mayJudgeSeen,
    isPossible: isWaiting,
  },
  {
    ...{ name: 'rerun', title: 'Run again', action: 'rerun', body: {}, needs: 'operate', isCommentRequired: false },
    says: ({ run, stage }) =>
      `All jobs of ${stage.name} run again for ${run.label}, with the same revisions; the stages after it follow when it has passed.`,
    done: 'The stage runs again.',
    isAllowed: mayChange,
    isPossible: isOver,
  },
  {
    ...{ name: 'rerun-failed', title: 'Failed jobs only', action: 'rerun', body: { failedJobsOnly: true } },
    ...{ needs: 'operate', isCommentRequired: false },
    says: ({ run, stage }) =>
      `Those jobs of ${stage.name} that did not pass run again for ${run.label}, with the same revisions; jobs that passed stay as they are.`,
    done: 'The failed jobs run again.',
    isAllowed: mayChange,
    isPossible: (seen) => isOver(seen) && seen.stage.status !== 'passed' && seen.stage.jobs.length > 1,
  },
  {
    ...{ name: 'cancel', title: 'Cancel', action: 'cancel', body: {}, needs: 'operate', isCommentRequired: false },
    says: ({ run, stage }) =>
      stage.status === 'running'
        ? `The jobs of ${stage.name} of ${run.label} are ended, and the run with them.`
        : `${run.label} does not enter ${stage.name}: the run ends there.`,
    done: 'The stage is being cancelled.',
    isAllowed: mayChange,
    isPossible: ({ stage }) =>
      stage.status === 'running' ||
      stage.status === 'waiting' ||
      (stage.status === 'pending' && (stage.held || stage.notBefore !== null)),
  },
];

/** What somebody may do to a stage as it is now. */
export function listOffers(seen: StageSeen): readonly StageOffer[] {
  return isNewest(seen) ? stageOffers.filter((offer) => offer.isPossible(seen) && offer.isAllowed(seen)) : [];
}

function isOver({ run, stage, config }: StageSeen): boolean {
  if (!['passed', 'failed', 'cancelled'].includes(stage.status)) return false;
  const newest = [...new Map(run.stages.map((one) => [one.name, one])).values()];
  if (newest.some(({ status }) => status === 'running')) return false;
  const approval = config?.stages.find(({ name }) => name === stage.name)?.approval;
  if (approval?.type === 'manual' && approval.evenAfterFailure) return true;
  return newest
    .slice(
      0,
      newest.findIndex(({ name }) => name === stage.name),
    )
    .every(({ status }) => status === 'passed');
}

function listVersions({ materials }: RunView): string {
  return materials
    .map((material) =>
      'package' in material ? `${material.package} ${material.version}` : `${material.pipeline} ${material.label}`,
    )
    .join(', ');
}
