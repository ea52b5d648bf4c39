import fastify from 'fastify';
import { expect, it } from 'vitest';
import { guardRoutes } from '../../../src/api/access/guard.ts';
import type { ApiSurroundings } from '../../../src/api/surroundings.ts';

const makeServer = () => {
  const server = fastify();
  guardRoutes(server, { now: () => 0 } as ApiSurroundings);
  return server;
};

it('a route that does not say what it needs cannot be added', () => {
  const server = makeServer();
  expect(() => server.get('/open', async () => 'to everybody')).toThrow('GET /open declares no "needs"');
  expect(() =>
    server.get('/said', { config: { needs: 'nothing' } }, async () => 'to everybody'),
  ).not.toThrow();
});

it.each([
  ['/pipelines/:pipeline/runs', 'viewer'],
  ['/pipelines/:pipeline', 'nothing'],
  ['/repositories/:repo', 'view'],
] as const)(
  'a route of a pipeline, and no other, needs a right to that pipeline: %s cannot need "%s"',
  (path, needs) => {
    expect(() => makeServer().get(path, { config: { needs } }, async () => 'ok')).toThrow(
      `GET ${path} needs "${needs}"`,
    );
  },
);
