import type { FastifyRequest } from 'fastify';
import type { PipelineRequest } from '../pipelines/operate-pipeline.ts';
import { pausePipeline, unpausePipeline } from '../pipelines/pause-pipeline.ts';
import { releaseStarts } from '../pipelines/release-starts.ts';
import type { Acted } from '../pipelines/stages/act-on-stage.ts';
import { approveStage, rejectStage } from '../pipelines/stages/approve-stage.ts';
import { cancelStage } from '../pipelines/stages/cancel-stage.ts';
import type { StageRequest } from '../pipelines/stages/find-stage.ts';
import { type Rerun, rerunStage } from '../pipelines/stages/rerun-stage.ts';
import type { StartOptions } from '../pipelines/start-runs.ts';
import { type Take, takeHeld } from '../pipelines/take-held.ts';
import { unlockPipeline } from '../pipelines/unlock-pipeline.ts';
import { appendAudit } from '../store/audit.ts';
import type { Tx } from '../store/store.ts';
import { auditOf } from './access/audit-of.ts';
import { toApiError } from './refusals.ts';
import type { ApiSurroundings } from './surroundings.ts';

/** What people can do to a stage of a run. */
export type StageAction =
  | { readonly action: 'approve' | 'cancel' }
  | { readonly action: 'reject'; readonly comment: string }
  | { readonly action: 'rerun'; readonly failedJobsOnly: boolean };

/** What people can do to a pipeline. */
export type PipelineAction =
  | { readonly action: 'unpause' | 'unlock' }
  | { readonly action: 'pause'; readonly comment: string }
  | { readonly action: 'take held'; readonly take: Take };

/** Which stage, and what the person says about it. */
export type StageAddress = Omit<StageRequest, 'actor'>;

/** Does something to a stage because the sender of a request asks, and writes it to the audit log. Throws what stands against it. */
export async function actOnStage(
  surroundings: ApiSurroundings,
  request: FastifyRequest,
  address: StageAddress,
  act: StageAction,
): Promise<void> {
  const { pipeline, counter, stage, comment, stageCounter } = address;
  const details = { comment: comment ?? null, ...(stageCounter && { stageCounter }), ...withoutAction(act) };
  const asked = { ...address, actor: request.actor };
  await change(
    surroundings,
    request,
    { action: act.action, subject: `${pipeline}/${counter}/${stage}`, details },
    (tx, options) => {
      switch (act.action) {
        case 'approve':
          return approveStage(tx, asked, options);
        case 'reject':
          return rejectStage(tx, { ...asked, comment: act.comment }, options);
        case 'rerun':
          return rerunStage(tx, { ...asked, failedJobsOnly: act.failedJobsOnly }, options);
        case 'cancel':
          return cancelStage(tx, asked, options);
      }
    },
  );
}

/** Does something to a pipeline because the sender of a request asks, and writes it to the audit log. Throws what stands against it. */
export async function actOnPipeline(
  surroundings: ApiSurroundings,
  request: FastifyRequest,
  { pipeline, comment }: Omit<PipelineRequest, 'actor'>,
  act: PipelineAction,
): Promise<void> {
  const asked = { pipeline, comment, actor: request.actor };
  const details = { comment: comment ?? null, ...withoutAction(act) };
  await change(surroundings, request, { action: act.action, subject: pipeline, details }, (tx, options) => {
    switch (act.action) {
      case 'pause':
        return pausePipeline(tx, { ...asked, comment: act.comment }, options);
      case 'unpause':
        return unpausePipeline(tx, asked, options);
      case 'unlock':
        return unlockPipeline(tx, asked, options);
      case 'take held':
        return takeHeld(tx, { ...asked, take: act.take }, options);
    }
  });
}

/** Lets go of all starts that are held because the sender of a request asks, and writes it to the audit log. Throws what stands against it. */
export async function actOnHold(
  surroundings: ApiSurroundings,
  request: FastifyRequest,
  comment: string | undefined,
): Promise<void> {
  const audited = { action: 'release', subject: 'starts', details: { comment: comment ?? null } };
  await change(surroundings, request, audited, releaseStarts);
}

interface Audited {
  readonly action: string;
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}

async function change(
  { store, startOptions, tell }: ApiSurroundings,
  request: FastifyRequest,
  { action, subject, details }: Audited,
  work: (tx: Tx, options: StartOptions) => Promise<Acted | Rerun>,
): Promise<void> {
  const acted = await store.transact(async (tx) => {
    const options = startOptions();
    const result = await work(tx, options);
    if (result.refusal) return result;
    await appendAudit(tx, auditOf(request, action, subject, details), options.now);
    if ('isApproval' in result && result.isApproval) {
      await appendAudit(tx, auditOf(request, 'approve', subject, details), options.now);
    }
    return result;
  });
  if (acted.refusal) throw toApiError(acted.refusal);
  tell(acted.runs);
}

function withoutAction({ action: _, ...rest }: StageAction | PipelineAction): Readonly<Record<string, unknown>> {
  return rest;
}
