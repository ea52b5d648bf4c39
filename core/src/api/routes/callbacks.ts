import type { FastifyInstance } from 'fastify';
import { provesCallback } from '../../engine/jobs/callback.ts';
import { findCallbackKey } from '../../store/callback-keys.ts';
import { type ReportVerdict, takeReport } from '../../store/work-elsewhere.ts';
import { ApiError } from '../api-error.ts';
import { HookLimit } from '../hook-limit.ts';
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

/**
 * Where receivers of webhooks that were accepted report the result; the signature in the address is the
 * proof.
 */
export function registerCallbacks(server: FastifyInstance, { store, now }: ApiSurroundings): void {
  const limit = new HookLimit(now);
  server.post<{
    Params: { readonly key: string };
    Querystring: { readonly expires: number; readonly by: string; readonly signature: string };
    Body: ReportBody;
  }>(
    '/api/v1/callbacks/:key',
    {
      config: { needs: 'nothing', foreign: true },
      schema: {
        operationId: 'reportResult',
        summary:
          'The receiver of a webhook reports the result of its job, once; the same again changes nothing',
        params: {
          type: 'object',
          properties: { key: { type: 'string', maxLength: 200 } },
          required: ['key'],
        },
        querystring: {
          type: 'object',
          properties: {
            expires: { type: 'integer', minimum: 0 },
            by: { type: 'string', maxLength: 100 },
            signature: { type: 'string', maxLength: 100 },
          },
          required: ['expires', 'by', 'signature'],
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
    async (request, reply) => {
      const { key } = request.params;
      const { expires, by, signature } = request.query;
      const { status, message = null } = request.body;
      const signedBy = await store.read((tx) => findCallbackKey(tx, by));
      if (signedBy === undefined || !provesCallback({ key, expires }, signature, signedBy)) {
        const why =
          'The address is not one that this server gave; report to the address of the webhook, as it is';
        throw limit.reject(new ApiError('UNAUTHORIZED', why), request, reply);
      }
      limit.admit(key, reply);
      if (expires <= now())
        throw new ApiError('UNAUTHORIZED', 'The address has expired with the time limit of its job');
      const verdict = await store.transact((tx) => takeReport(tx, key, { status, message }));
      if (verdict === 'contrary' || verdict === 'unknown') throw refusals[verdict];
      return { reported: true };
    },
  );
}
