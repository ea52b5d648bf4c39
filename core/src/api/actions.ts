import type { FastifyRequest } from 'fastify';
import { type Happened, happen } from '../engine/happen.ts';
import type { LevelWish, PipelineWish, RecordWish, StageWish, Wish } from '../engine/happening.ts';
import { appendAudit } from '../store/audit.ts';
import { auditOf } from './access/audit-of.ts';
import { toIso } from './paging.ts';
import { toApiError } from './refusals.ts';
import type { ApiSurroundings } from './surroundings.ts';

/** What the audit log says of a request. */
export interface Audited {
  readonly action: string;
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}

const stageActions = {
  approve: { action: 'approve' },
  reject: { action: 'reject' },
  cancel: { action: 'cancel' },
  rerun: { action: 'rerun', failedJobsOnly: false },
  'rerun failed': { action: 'rerun', failedJobsOnly: true },
} as const satisfies Record<StageWish['what'], Readonly<Record<string, unknown>>>;

/** Does something to a stage because the sender of a request asks. Throws what stands against it. */
export async function actOnStage(
  surroundings: ApiSurroundings,
  request: FastifyRequest,
  wish: StageWish,
  comment: string | undefined,
): Promise<void> {
  const { pipeline, counter, stage, stageCounter } = wish;
  const { action, ...how } = stageActions[wish.what];
  const details = { comment: comment ?? null, ...(stageCounter && { stageCounter }), ...how };
  await fulfil(
    surroundings,
    request,
    { wish, comment },
    { action, subject: `${pipeline}/${counter}/${stage}`, details },
  );
}

const pipelineActions = {
  pause: { action: 'pause' },
  unpause: { action: 'unpause' },
  unlock: { action: 'unlock' },
  'take all': { action: 'take held', take: 'all' },
  'take newest': { action: 'take held', take: 'newest' },
  'take none': { action: 'take held', take: 'none' },
} as const satisfies Record<PipelineWish['what'], Readonly<Record<string, unknown>>>;

/** Does something to a pipeline because the sender of a request asks. Throws what stands against it. */
export async function actOnPipeline(
  surroundings: ApiSurroundings,
  request: FastifyRequest,
  wish: PipelineWish,
  comment: string | undefined,
): Promise<void> {
  const { action, ...how } = pipelineActions[wish.what];
  const details = { comment: comment ?? null, ...how };
  await fulfil(surroundings, request, { wish, comment }, { action, subject: wish.pipeline, details });
}

/** Does something to a level because the sender of a request asks. Throws what stands against it. */
export async function actOnLevel(
  surroundings: ApiSurroundings,
  request: FastifyRequest,
  wish: LevelWish | RecordWish,
  comment: string | undefined,
): Promise<void> {
  const { what: action, level, package: name } = wish;
  const how = 'version' in wish ? { version: wish.version } : { until: toIso(wish.until) };
  const details = { comment: comment ?? null, package: name ?? null, ...how };
  await fulfil(surroundings, request, { wish, comment }, { action, subject: level, details });
}

/**
 * Lets go of all starts that are held because the sender of a request asks. Throws what stands against it.
 */
export async function actOnHold(
  surroundings: ApiSurroundings,
  request: FastifyRequest,
  comment: string | undefined,
): Promise<void> {
  const audited = { action: 'release', subject: 'starts', details: { comment: comment ?? null } };
  await fulfil(surroundings, request, { wish: { what: 'release' }, comment }, audited);
}

async function fulfil(
  surroundings: ApiSurroundings,
  request: FastifyRequest,
  asked: { readonly wish: Wish; readonly comment: string | undefined },
  audited: Audited,
): Promise<void> {
  const { refusal } = await ask(surroundings, request, asked, () => audited);
  if (refusal) throw toApiError(refusal);
}

/**
 * Asks the engine for something, and writes to the audit log what was done; watchers are told once it is
 * committed.
 */
export async function ask(
  { store, inForce, tell }: ApiSurroundings,
  request: FastifyRequest,
  { wish, comment }: { readonly wish: Wish; readonly comment: string | undefined },
  describe: (happened: Happened) => Audited,
): Promise<Happened> {
  const happened = await store.transact(async (tx) => {
    const options = inForce();
    const asked = { kind: 'asked', wish, actor: request.actor, comment } as const;
    const result = await happen(tx, asked, options);
    if (result.refusal) return result;
    const { action, subject, details } = describe(result);
    await appendAudit(tx, auditOf(request, action, subject, details), options.now);
    // Who has something done again may approve it by that.
    if (action === 'rerun' && result.isApproval) {
      await appendAudit(tx, auditOf(request, 'approve', subject, details), options.now);
    }
    return result;
  });
  tell(happened.runs);
  return happened;
}
