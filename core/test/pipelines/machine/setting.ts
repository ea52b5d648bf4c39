import type { PipelineConfig } from '../../../src/config/config.ts';
import type { Calendar } from '../../../src/pipelines/calendar.ts';
import { listenTo, makeApproval, makePipeline, makeStage, runJob } from '../configs.ts';

const second = 1_000;
const period = 600 * second;

/** A calendar of one expression: something begins every ten minutes. */
export const everyTenMinutes: Calendar = {
  findNext: (_, now) => (Math.floor(now / period) + 1) * period,
  findLast(_, { since, now }) {
    const last = Math.floor(now / period) * period;
    return last >= since ? last : undefined;
  },
};

const twoJobs = [runJob('one'), runJob('two', { onDoubt: 'restart' })];
const window = { cron: '*/10 * * * *', forMs: 200 * second };

/** Pipelines with all that lets runs into stages, and keeps them out. */
export const setting: readonly PipelineConfig[] = [
  makePipeline('plain', {
    stages: [
      makeStage('build', twoJobs),
      makeStage(
        'qa',
        twoJobs,
        makeApproval({ by: ['alice', 'bob', 'role:qa'], required: 2, notSelf: true, expiresMs: 300 * second }),
      ),
      makeStage('rest', [runJob('work')], { type: 'auto', afterMs: 100 * second }),
      makeStage('live', [runJob('work')], makeApproval({ window, evenAfterFailure: true })),
    ],
  }),
  makePipeline('each', {
    materials: [listenTo('a', 'every')],
    lock: 'unlockWhenFinished',
    stages: [makeStage('build', twoJobs), makeStage('live', [runJob('work')], { type: 'auto', window })],
  }),
  makePipeline('guarded', {
    lock: 'onFailure',
    stages: [makeStage('build', [runJob('work')], makeApproval({ expiresMs: 200 * second })), makeStage('live')],
  }),
];
