import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { ApiError } from './api-error.ts';

const requestsPerMinute = 300;

/** Few requests from one address, for a scope that other servers call. */
export async function limitRequests(server: FastifyInstance): Promise<void> {
  await server.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: '1 minute',
    cache: 1_000,
    errorResponseBuilder: () =>
      new ApiError('TOO_MANY_REQUESTS', `At most ${requestsPerMinute} requests a minute from one address are taken here`),
  });
}

/** What holds for all hooks of a scope: few requests, and any body, which is kept as it came for its signature. */
export async function limitHooks(server: FastifyInstance): Promise<void> {
  await limitRequests(server);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}
