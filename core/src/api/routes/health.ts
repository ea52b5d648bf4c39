import type { FastifyInstance } from 'fastify';
import { because, say } from '../../domain/reason.ts';
import { reaches } from '../../engine/rights.ts';
import { readHold } from '../../store/hold.ts';
import { keepVisibleMeasures } from '../access/visible.ts';
import { answerOne, answerText } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';

/** Is it alive, does it take work, what does it measure: for the machines that watch a server. */
export function registerHealth(server: FastifyInstance, surroundings: ApiSurroundings): void {
  const { readMetrics, configuration } = surroundings;
  server.get(
    '/healthz',
    {
      config: { needs: 'nothing' },
      schema: {
        operationId: 'readHealth',
        summary: 'Alive: the process answers',
        response: answerOne('Health'),
      },
    },
    async () => ({ status: 'ok' }),
  );

  const readiness = {
    operationId: 'readReadiness',
    summary: 'Ready: it takes work; 503 otherwise, with the reasons for those who send a token',
    response: { ...answerOne('Readiness'), ...answerOne('Readiness', 503) },
  };
  server.get('/readyz', { config: { needs: 'nothing' }, schema: readiness }, async ({ actor }, reply) => {
    const reasons = await findReasons(surroundings);
    const isReady = reasons.length === 0;
    const told = reaches(actor, 'viewer') ? reasons : [];
    return reply.status(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', reasons: told });
  });

  const metrics = {
    operationId: 'readMetrics',
    summary: 'Measures',
    response: answerText('text/plain', 'The Prometheus text format'),
  };
  server.get('/metrics', { config: { needs: 'viewer' }, schema: metrics }, async ({ actor }, reply) => {
    const { type, text } = await readMetrics();
    return reply.type(type).send(keepVisibleMeasures(text, actor, configuration().config));
  });
}

/** Where starts are held polls go on; so that is not among the reasons for taking no work at all. */
async function findReasons({ reasonsNotReady, store }: ApiSurroundings): Promise<readonly string[]> {
  const reasons = await reasonsNotReady();
  if (reasons.length > 0) return reasons;
  const hold = await store.read(readHold);
  return hold ? [say(because('hold', { why: hold.reason }))] : [];
}
