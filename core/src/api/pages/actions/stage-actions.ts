import type { PipelineConfig } from '../../../config/config.ts';
import { because, type Refusal } from '../../../domain/reason.ts';
import type { Actor } from '../../../engine/actor.ts';
import { judgeCancel } from '../../../engine/asked/judge-cancel.ts';
import { couldLetIn, judgeRerun, judgeRerunOfFailed } from '../../../engine/asked/judge-rerun.ts';
import { judgeWord } from '../../../engine/asked/judge-word.ts';
import type { StageAtHand } from '../../../engine/asked/stage-at-hand.ts';
import { mayOperate } from '../../../engine/rights.ts';
import type { RunView, StageView } from '../../../store/run-views.ts';

/** A stage of a run, and who looks at it. */
export interface StageSeen {
  readonly run: RunView;
  readonly stage: StageView;
  /** By the configuration in force; undefined where that does not have it any more. */
  readonly config: PipelineConfig | undefined;
  readonly actor: Actor;
  /** Milliseconds. */
  readonly now: number;
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
  /** What stands against it, as the API judges; undefined where it would be done. */
  judge(seen: StageSeen): Refusal | undefined;
  /** Whether it differs from what is offered beside it. */
  isOfUse?(seen: StageSeen): boolean;
}

/** A stage as the API judges it. */
function atHand({ run, stage, config, now }: StageSeen): StageAtHand {
  return { pipeline: run.pipeline, definition: config, run, stage, stages: takeNewest(run.stages), now };
}

/** Of each stage of a run its newest attempt, first to last. */
export function takeNewest(stages: RunView['stages']): RunView['stages'] {
  return [...new Map(stages.map((stage) => [stage.name, stage])).values()];
}

const judgeSaying = (seen: StageSeen): Refusal | undefined =>
  judgeWord(seen.actor, atHand(seen), seen.stage.approvals);

/** Of those who may operate the pipeline the API asks no more than the stage does. */
function judgeChanging({ run, config, actor }: StageSeen, refusal: Refusal | undefined): Refusal | undefined {
  if (config && mayOperate(actor, config.access)) return refusal;
  return because('not-operator', { by: actor.name, pipeline: run.pipeline });
}

const isNewest = ({ run, stage }: StageSeen): boolean =>
  run.stages.findLast(({ name }) => name === stage.name) === stage;

/** Everything that can be done to a stage, in the order in which it is offered. */
export const stageOffers: readonly StageOffer[] = [
  {
    name: 'approve',
    title: 'Approve',
    action: 'approve',
    body: {},
    needs: 'view',
    isCommentRequired: false,
    says: ({ run, stage }) =>
      `Your approval counts for letting ${run.label} of ${run.pipeline} into ${stage.name}. Once enough persons have approved, the stage runs: ${listVersions(run)}.`,
    done: 'Your approval is recorded.',
    judge: judgeSaying,
  },
  {
    name: 'reject',
    title: 'Reject',
    action: 'reject',
    body: {},
    needs: 'view',
    isCommentRequired: true,
    says: ({ run, stage }) =>
      `${run.label} of ${run.pipeline} will not enter ${stage.name}: the run ends there, and everybody sees why.`,
    done: 'The run is rejected.',
    judge: judgeSaying,
  },
  {
    name: 'rerun',
    title: 'Run again',
    action: 'rerun',
    body: {},
    needs: 'operate',
    isCommentRequired: false,
    says: (seen) =>
      `All jobs of ${seen.stage.name} run again for ${seen.run.label}, with the same revisions; the stages after it follow when it has passed. ${describeEntry(seen)}`,
    done: 'The stage is to run again.',
    judge: (seen) => judgeChanging(seen, judgeRerun(atHand(seen))),
  },
  {
    name: 'rerun-failed',
    title: 'Failed jobs only',
    action: 'rerun',
    body: { failedJobsOnly: true },
    needs: 'operate',
    isCommentRequired: false,
    says: (seen) =>
      `Those jobs of ${seen.stage.name} that did not pass run again for ${seen.run.label}, with the same revisions; jobs that passed stay as they are. ${describeEntry(seen)}`,
    done: 'The failed jobs are to run again.',
    judge(seen) {
      const jobs = seen.stage.jobs.map(({ status }) => status);
      return judgeChanging(seen, judgeRerunOfFailed(atHand(seen), jobs));
    },
    isOfUse: ({ stage }) => stage.jobs.length > 1,
  },
  {
    name: 'cancel',
    title: 'Cancel',
    action: 'cancel',
    body: {},
    needs: 'operate',
    isCommentRequired: false,
    says: ({ run, stage }) =>
      stage.status === 'running'
        ? `The jobs of ${stage.name} of ${run.label} are ended, and the run with them.`
        : `${run.label} does not enter ${stage.name}: the run ends there.`,
    done: 'The stage is being cancelled.',
    judge: (seen) => judgeChanging(seen, judgeCancel(atHand(seen))),
  },
];

/** What somebody may do to a stage as it is now: what the API would do, no more and no less. */
export function listOffers(seen: StageSeen): readonly StageOffer[] {
  if (!isNewest(seen)) return [];
  return stageOffers.filter(({ judge, isOfUse }) => judge(seen) === undefined && (isOfUse?.(seen) ?? true));
}

/** What lets the run in again. */
function describeEntry(seen: StageSeen): string {
  const { config, stage, actor } = seen;
  const approval = config?.stages.find(({ name }) => name === stage.name)?.approval;
  if (approval?.type !== 'manual') return '';
  return couldLetIn(actor, atHand(seen))
    ? 'You may let it in alone: this counts as your approval.'
    : 'It is entered once approval is given anew.';
}

function listVersions({ materials }: RunView): string {
  return materials
    .map((material) =>
      'package' in material
        ? `${material.package} ${material.version}`
        : `${material.pipeline} ${material.label}`,
    )
    .join(', ');
}
