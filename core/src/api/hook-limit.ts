import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { ApiError } from './api-error.ts';

const requestsPerMinute = 300;

/** What holds for all hooks of a scope: few requests from one address, and any body, which is kept as it came for its signature. */
export async function limitHooks(server: FastifyInstance): Promise<void> {
  await server.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: '1 minute',
    cache: 1_000,
    errorResponseBuilder: () =>
      new ApiError('TOO_MANY_REQUESTS', `At most ${requestsPerMinute} hook requests a minute are taken`),
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}
