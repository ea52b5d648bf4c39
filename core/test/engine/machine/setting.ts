import type { ManualApproval, PipelineConfig } from '../../../src/config/config.ts';
import type { Calendar } from '../../../src/engine/calendar.ts';
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

/** Whom `qa` and `live` of `plain` ask. */
interface Asked {
  readonly qa: ManualApproval;
  readonly live: ManualApproval;
}

const asked: readonly Asked[] = [
  {
    qa: makeApproval({
      by: ['alice', 'bob', 'role:qa'],
      required: 2,
      notSelf: true,
      expiresMs: 300 * second,
    }),
    live: makeApproval({ window, evenAfterFailure: true }),
  },
  {
    qa: makeApproval({ by: ['dave'] }),
    live: makeApproval({ window, by: ['carol', 'dave'], evenAfterFailure: true }),
  },
];

/**
 * The same pipelines twice, with all that lets runs into stages, and keeps them out; what differs is whom
 * they ask.
 */
export const settings: readonly (readonly PipelineConfig[])[] = asked.map(describePipelines);

function describePipelines({ qa, live }: Asked): readonly PipelineConfig[] {
  const rest = makeStage('rest', [runJob('work')], { type: 'auto', afterMs: 100 * second });
  return [
    makePipeline('plain', {
      stages: [
        makeStage('build', twoJobs),
        makeStage('qa', twoJobs, qa),
        rest,
        makeStage('live', [runJob('work')], live),
      ],
    }),
    makePipeline('each', {
      materials: [listenTo('a', 'every')],
      lock: 'unlockWhenFinished',
      stages: [makeStage('build', twoJobs), makeStage('live', [runJob('work')], { type: 'auto', window })],
    }),
    makePipeline('guarded', {
      lock: 'onFailure',
      stages: [
        makeStage('build', [runJob('work')], makeApproval({ expiresMs: 200 * second })),
        makeStage('live'),
      ],
    }),
  ];
}
