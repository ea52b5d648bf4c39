import type { FastifyInstance } from 'fastify';
import { answerOne, answerText } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';

/** Is it alive, does it take work, what does it measure: for the machines that watch a server. */
export function registerHealth(server: FastifyInstance, { reasonsNotReady, readMetrics }: ApiSurroundings): void {
  server.get(
    '/healthz',
    { schema: { operationId: 'readHealth', summary: 'Alive: the process answers', response: answerOne('Health') } },
    async () => ({ status: 'ok' }),
  );

  const readiness = {
    operationId: 'readReadiness',
    summary: 'Ready: it takes work; 503 and the reasons otherwise',
    response: { ...answerOne('Readiness'), ...answerOne('Readiness', 503) },
  };
  server.get('/readyz', { schema: readiness }, async (_, reply) => {
    const reasons = await reasonsNotReady();
    return reply.status(reasons.length === 0 ? 200 : 503).send({ status: reasons.length === 0 ? 'ready' : 'not ready', reasons });
  });

  const metrics = {
    operationId: 'readMetrics',
    summary: 'Measures',
    response: answerText('text/plain', 'The Prometheus text format'),
  };
  server.get('/metrics', { schema: metrics }, async (_, reply) => {
    const { type, text } = await readMetrics();
    return reply.type(type).send(text);
  });
}
