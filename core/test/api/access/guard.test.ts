import fastify from 'fastify';
import { expect, it } from 'vitest';
import { guardRoutes } from '../../../src/api/access/guard.ts';
import type { ApiSurroundings } from '../../../src/api/surroundings.ts';

it('a route that does not say what it needs cannot be added', () => {
  const server = fastify();
  guardRoutes(server, { now: () => 0 } as ApiSurroundings);
  expect(() => server.get('/open', async () => 'to everybody')).toThrow('GET /open declares no "needs"');
  expect(() => server.get('/said', { config: { needs: 'nothing' } }, async () => 'to everybody')).not.toThrow();
});
