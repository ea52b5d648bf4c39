import type { FastifyInstance } from 'fastify';

/** Leads home who still has the page of the first start open, now that there is a configuration. */
export function registerLedHome(server: FastifyInstance): void {
  server.get('/first-start', { config: { needs: 'nothing' }, schema: { hide: true } }, async (_, reply) =>
    reply.header('hx-redirect', '/').type('text/html').send(''),
  );
}
