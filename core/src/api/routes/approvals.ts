import type { FastifyInstance } from 'fastify';
import { listWaitingStages, type WaitingStage } from '../../store/waiting.ts';
import { listVisiblePipelines } from '../access/visible.ts';
import { type Looking, mayApprove } from '../may-approve.ts';
import { toIso } from '../paging.ts';
import { answerList } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { viewAlarm, viewApproval } from '../view-run.ts';

const mostWaiting = 1_000;

/** What waits for people, in the pipelines that whoever asks may see. */
export function registerApprovals(
  server: FastifyInstance,
  { store, configuration, now }: ApiSurroundings,
): void {
  server.get(
    '/api/v1/approvals',
    {
      config: { needs: 'token' },
      schema: {
        operationId: 'listApprovals',
        summary:
          'The runs that wait for approval, longest first, with what is wrong with the versions behind them',
        response: answerList('WaitingApproval'),
      },
    },
    async ({ actor }) => {
      const { config } = configuration();
      const waiting = await store.read((tx) =>
        listWaitingStages(tx, { pipelines: listVisiblePipelines(actor, config), limit: mostWaiting }),
      );
      return { items: waiting.map((one) => viewWaiting(one, { config, actor, now: now() })), next: null };
    },
  );
}

function viewWaiting(waiting: WaitingStage, looking: Looking): Readonly<Record<string, unknown>> {
  const { readyAt, expiresAt, alarms, approvals, ...rest } = waiting;
  return {
    ...rest,
    since: toIso(readyAt),
    expiresAt: toIso(expiresAt),
    alarms: alarms.map(viewAlarm),
    approvals: approvals.map(viewApproval),
    mayApprove: mayApprove(waiting, looking),
  };
}
