import type { FastifyInstance } from 'fastify';
import { provesCallback } from '../../pipelines/callback.ts';
import { findCallbackKey, type ReportVerdict, takeReport } from '../../store/work-elsewhere.ts';
import { ApiError } from '../api-error.ts';
import { limitRequests } from '../hook-limit.ts';
import { answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';

interface ReportBody {
  readonly status: 'passed' | 'failed';
  readonly message?: string | null;
}

const refusals: Readonly<Record<Exclude<ReportVerdict, 'taken' | 'repeated'>, ApiError>> = {
  contrary: new ApiError('CONFLICT', 'Another result was reported already, and one job has one result'),
  unknown: new ApiError('NOT_FOUND', 'There is no job that waits for this report, or none any more'),
};

/** Where receivers of webhooks that were accepted report the result; the signature in the address is the proof. */
export async function registerCallbacks(server: FastifyInstance, { store, now }: ApiSurroundings): Promise<void> {
  await limitRequests(server);
  server.post<{
    Params: { readonly key: string };
    Querystring: { readonly expires: number; readonly signature: string };
    Body: ReportBody;
  }>(
    '/api/v1/callbacks/:key',
    {
      config: { needs: 'nothing', foreign: true },
      schema: {
        operationId: 'reportResult',
        summary: 'The receiver of a webhook reports the result of its job, once; the same again changes nothing',
        params: { type: 'object', properties: { key: { type: 'string', maxLength: 200 } }, required: ['key'] },
        querystring: {
          type: 'object',
          properties: { expires: { type: 'integer', minimum: 0 }, signature: { type: 'string', maxLength: 100 } },
          required: ['expires', 'signature'],
        },
        body: {
          type: 'object',
          properties: {
            status: { type: 'string', enum: ['passed', 'failed'] },
            message: { type: ['string', 'null'], maxLength: 2000 },
          },
          required: ['status'],
        },
        response: answerOne('Reported'),
      },
    },
    async ({ params: { key }, query: { expires, signature }, body: { status, message = null } }) => {
      const signingKey = await store.transact(findCallbackKey);
      if (signingKey === undefined || !provesCallback({ key, expires }, signature, signingKey)) {
        throw new ApiError(
          'UNAUTHORIZED',
          'The address is not one that this server gave; report to the address of the webhook, as it is',
        );
      }
      if (expires <= now()) throw new ApiError('UNAUTHORIZED', 'The address has expired with the time limit of its job');
      const verdict = await store.transact((tx) => takeReport(tx, key, { status, message }));
      if (verdict === 'contrary' || verdict === 'unknown') throw refusals[verdict];
      return { reported: true };
    },
  );
}
