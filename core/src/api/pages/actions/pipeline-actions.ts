import type { PipelineView } from '../../../store/pipeline-views.ts';

/** What a page offers to do to a pipeline. */
export interface PipelineOffer {
  /** The last step of its page's address. */
  readonly name: string;
  readonly title: string;
  /** The last step of the API's address, and what it is told beside the comment. */
  readonly action: 'pause' | 'unpause' | 'unlock' | 'held';
  readonly body: Readonly<Record<string, unknown>>;
  readonly isCommentRequired: boolean;
  /** What it will do, in a sentence. */
  says(pipeline: PipelineView): string;
  /** What has been done, in a sentence. */
  readonly done: string;
  isPossible(pipeline: PipelineView): boolean;
}

const isHolding = ({ held }: PipelineView): boolean => held > 0;

/** Everything that can be done to a pipeline, in the order in which it is offered. */
export const pipelineOffers: readonly PipelineOffer[] = [
  {
    name: 'pause',
    title: 'Pause',
    action: 'pause',
    body: {},
    isCommentRequired: true,
    says: ({ name }) =>
      `Nothing new starts in ${name}, and no stage is entered without a person, until it is unpaused; what runs, runs on. What comes meanwhile waits.`,
    done: 'The pipeline is paused.',
    isPossible: ({ paused }) => paused === null,
  },
  {
    name: 'unpause',
    title: 'Unpause',
    action: 'unpause',
    body: {},
    isCommentRequired: false,
    says: ({ name, waiting }) =>
      `${name} goes on: ${waiting === 0 ? 'nothing waits to start' : `${waiting} waiting can start at once`}.`,
    done: 'The pipeline goes on.',
    isPossible: ({ paused }) => paused !== null,
  },
  {
    name: 'unlock',
    title: 'Unlock',
    action: 'unlock',
    body: {},
    isCommentRequired: false,
    says: ({ name, lockedBy }) => `Run ${lockedBy ?? ''} loses the lock of ${name}: the next run can start.`,
    done: 'The lock is taken from the run that held it.',
    isPossible: ({ lockedBy }) => lockedBy !== null,
  },
  {
    name: 'take-all',
    title: 'Take all held',
    action: 'held',
    body: { take: 'all' },
    isCommentRequired: false,
    says: ({ held }) =>
      `All ${held} triggers that the storm guard holds wait for their turn, and start their runs.`,
    done: 'All that was held waits for its turn.',
    isPossible: isHolding,
  },
  {
    name: 'take-newest',
    title: 'Take the newest held',
    action: 'held',
    body: { take: 'newest' },
    isCommentRequired: false,
    says: ({ held }) =>
      `Of the ${held} triggers that the storm guard holds only the newest of each material is taken; the others are dropped.`,
    done: 'The newest that was held waits for its turn; the rest is dropped.',
    isPossible: isHolding,
  },
  {
    name: 'take-none',
    title: 'Drop all held',
    action: 'held',
    body: { take: 'none' },
    isCommentRequired: false,
    says: ({ held }) => `All ${held} triggers that the storm guard holds are dropped: they start nothing.`,
    done: 'All that was held is dropped.',
    isPossible: isHolding,
  },
];
