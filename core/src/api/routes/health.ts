import type { FastifyInstance } from 'fastify';
import type { ApiSurroundings } from '../surroundings.ts';

/** Is it alive, does it take work, what does it measure: for the machines that watch a server. */
export function registerHealth(server: FastifyInstance, { reasonsNotReady, readMetrics }: ApiSurroundings): void {
  server.get('/healthz', { schema: { summary: 'Alive: the process answers' } }, async () => ({ status: 'ok' }));

  server.get('/readyz', { schema: { summary: 'Ready: it takes work; 503 and the reasons otherwise' } }, async (_, reply) => {
    const reasons = await reasonsNotReady();
    return reply.status(reasons.length === 0 ? 200 : 503).send({ status: reasons.length === 0 ? 'ready' : 'not ready', reasons });
  });

  server.get('/metrics', { schema: { summary: 'Measures, in the Prometheus text format' } }, async (_, reply) => {
    const { type, text } = await readMetrics();
    return reply.type(type).send(text);
  });
}
